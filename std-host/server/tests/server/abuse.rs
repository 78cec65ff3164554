//! Clients that are slow, greedy, rude, or gone.

use std::{
    io::Write as _,
    net::Shutdown,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    client::Client,
    process::{Server, deposit},
};

const HEAD: &str =
    "POST /commands HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";

#[test]
fn header_floods_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    let many: String = (0..100).map(|number| format!("x-{number}: 1\r\n")).collect();
    let long = format!("x-long: {}\r\n", "y".repeat(100_000));
    for headers in [many, long] {
        let mut client = server.client();
        // The server may close the connection before all of it is written.
        let _sent = client.send(format!("{HEAD}{headers}\r\n").as_bytes());
        if let Ok(answer) = client.response() {
            assert_eq!(answer.status, 431);
        }
    }
    for garbage in
        ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\0\x01", "GET / HTTP/9.9\r\n\r\n"]
    {
        let mut client = server.client();
        client.send(garbage.as_bytes()).unwrap();
        client.stream().shutdown(Shutdown::Write).unwrap();
        if let Ok(answer) = client.response() {
            assert_eq!(answer.status, 400, "{garbage:?}");
        }
    }
    let mut client = server.client();
    let conflict =
        format!("{HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n");
    client.send(conflict.as_bytes()).unwrap();
    if let Ok(answer) = client.response() {
        assert!((400..500).contains(&answer.status), "{}", answer.body);
    }
    server.get("/status").expect(200, r#""entry":0"#);
    assert_no_panic(server);
}

#[test]
fn slow_clients_lose_their_connection_and_others_are_served() {
    let dir = tempfile::tempdir().unwrap();
    let more = ["--connections", "1500", "--request-seconds", "5"];
    let server = Server::start(dir.path(), &more);
    let before = server.memory();
    // Neither a head nor a body ever ends.
    let mut slow: Vec<Client> = (0..1000).map(|_| server.client()).collect();
    for (number, client) in slow.iter_mut().enumerate() {
        let head = if number % 2 == 0 { "GET /sta" } else { HEAD };
        // On a busy machine the first ones have lost their connection by now.
        let _sent = client.send(head.as_bytes());
        if number % 2 == 1 {
            let _sent = client.send(b"content-length: 1000\r\n\r\n{\"comm");
        }
    }
    server.post(&deposit(1, 1)).expect(200, "committed");
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 64 << 10, "1000 slow clients took {grown} KiB");
    thread::sleep(Duration::from_millis(5500));
    for (number, client) in slow.iter_mut().enumerate() {
        if let Ok(answer) = client.response() {
            assert_eq!(answer.status, 408, "client {number}");
        }
    }
    server.post(&deposit(1, 1)).expect(200, "committed");
    assert_no_panic(server);
}

#[test]
fn connections_above_the_limit_are_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--connections", "3"]);
    let mut clients: Vec<Client> = (0..3).map(|_| server.client()).collect();
    for client in &mut clients {
        client.get("/health").expect(200, "ok");
    }
    let answer = server.client().response().unwrap();
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    drop(clients);
    thread::sleep(Duration::from_millis(200));
    server.get("/metrics").expect(200, "statevec_refused_connections_total 1");
}

#[test]
fn bodies_of_all_clients_together_have_a_limit() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--body-bytes", "100000", "--bodies-bytes", "250000"]);
    let head = format!("{HEAD}content-length: 100000\r\n\r\n ");
    let mut waiting: Vec<Client> = (0..2).map(|_| server.client()).collect();
    for client in &mut waiting {
        client.send(head.as_bytes()).unwrap();
    }
    thread::sleep(Duration::from_millis(200));
    let mut third = server.client();
    third.send(head.as_bytes()).unwrap();
    let refused = third.response().unwrap().expect(429, "take all the memory for them");
    assert_eq!(refused.header("retry-after"), Some("1"));
    server.post(&deposit(1, 1)).expect(200, "committed");
    // The first ones go away in the middle, and their memory comes back.
    drop(waiting);
    thread::sleep(Duration::from_millis(200));
    let body = deposit(1, 1) + &" ".repeat(90_000);
    for _ in 0..3 {
        server.post(&body).expect(200, "committed");
    }
}

#[test]
fn a_full_queue_is_429_and_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--queue-commands", "8"]);
    let (was_full, began) = (Arc::new(AtomicBool::new(false)), Instant::now());
    let clients: Vec<_> = (1..=16_u64)
        .map(|account| {
            let (mut client, was_full) = (server.client(), Arc::clone(&was_full));
            thread::spawn(move || {
                let body = [deposit(account, 1), deposit(account, 1), deposit(account, 1)];
                let (mut sent, mut acknowledged) = (0, 0);
                // Which requests meet a full queue depends on how the threads are scheduled.
                while sent < 60 || acknowledged == 0 || !was_full.load(Relaxed) {
                    assert!(began.elapsed() < Duration::from_secs(60), "the queue was never full");
                    sent += 1;
                    let answer = client.post(&body.join("\n"), &[]);
                    match answer.status {
                        200 => acknowledged += 3,
                        429 => {
                            assert_eq!(answer.header("retry-after"), Some("1"));
                            was_full.store(true, Relaxed);
                        }
                        other => panic!("{other}: {}", answer.body),
                    }
                }
                (account, acknowledged)
            })
        })
        .collect();
    for client in clients {
        let (account, acknowledged) = client.join().unwrap();
        let path = format!("/records/Account?key={account}");
        server.get(&path).expect(200, &format!(r#""balance":{acknowledged},"#));
    }
}

#[test]
fn commands_of_a_client_that_went_away_run_once_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    let body = deposit(1, 1);
    let whole = format!("{HEAD}content-length: {}\r\n\r\n{body}", body.len());
    for end in (0..=whole.len()).step_by(3).chain([whole.len()]) {
        let client = server.client();
        let _written = client.stream().write_all(&whole.as_bytes()[..end]);
        drop(client);
    }
    // The last requests were whole. They ran although nobody read their answers.
    let last = server.post(&deposit(1, 1)).expect(200, "committed");
    let balance: u64 = {
        let (_, rest) = last.body.split_once(r#""balance":"#).unwrap();
        rest.split(',').next().unwrap().parse().unwrap()
    };
    assert!((1..=3).contains(&balance), "{balance}");
    assert_no_panic(server);
}

#[track_caller]
fn assert_no_panic(server: Server) {
    let (status, log) = server.stop();
    assert!(status.success() && !log.contains("panicked"), "{log}");
}

/// The answer to a body of 1 MB is longer than what the sockets hold.
#[test]
fn answers_that_nobody_reads_count_as_memory_for_bodies() {
    let dir = tempfile::tempdir().unwrap();
    let more = ["--body-bytes", "1200000", "--bodies-bytes", "2400000"];
    let server = Server::start(dir.path(), &more);
    let body = deposit(1, 1) + "\n";
    let body = body.repeat(1_000_000 / body.len());
    let head = format!("{HEAD}content-length: {}\r\n\r\n", body.len());
    let mut silent: Vec<Client> = (0..2).map(|_| server.client()).collect();
    for client in &mut silent {
        client.send(&[head.as_bytes(), body.as_bytes()].concat()).unwrap();
    }
    // Both have run when the log has all of their commands.
    let expected = format!(r#""entry":{},"#, 2 * body.lines().count());
    let has_run = |_| {
        thread::sleep(Duration::from_millis(100));
        server.get("/status").body.contains(&expected)
    };
    assert!((0..600).any(has_run), "the commands did not run");
    server.client().post(&body, &[]).expect(429, "take all the memory for them");
    drop(silent);
    let is_taken = |_| {
        thread::sleep(Duration::from_millis(100));
        server.client().post(&body, &[]).status == 200
    };
    assert!((0..100).any(is_taken), "the memory of clients that left does not come back");
    assert_no_panic(server);
}
