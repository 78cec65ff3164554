//! Tests of entries and events: pages, and streams while commands run.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    thread,
    time::Duration,
};

use serde_json::Value;

use super::process::{Server, deposit};

fn page(server: &Server, path: &str) -> Value {
    serde_json::from_str(&server.get(path).expect(200, "").body).unwrap()
}

/// Opens a stream, and returns its lines behind the head.
fn follow(server: &Server, path: &str, more: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n{more}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    while !line.starts_with(": begun") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0);
    }
    lines
}

/// The next message of a stream: its id and data. `None` at the end.
fn message(lines: &mut BufReader<TcpStream>) -> Option<(u64, Value)> {
    let (mut id, mut line) = (0, String::new());
    loop {
        line.clear();
        if lines.read_line(&mut line).unwrap() == 0 {
            return None;
        }
        if let Some(number) = line.strip_prefix("id: ") {
            id = number.trim().parse().unwrap();
        } else if let Some(data) = line.strip_prefix("data: ") {
            return Some((id, serde_json::from_str(data).unwrap()));
        }
    }
}

#[test]
fn pages_of_entries_and_events_have_no_gaps_and_no_repetitions() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--segment-bytes", "65536"]);
    for round in 0..4 {
        let body: Vec<String> = (1..=100).map(|account| deposit(account, 1 + round)).collect();
        server.post(&body.join("\n")).expect(200, "");
    }
    for (path, name, each) in [("/entries", "entries", 1), ("/events", "events", 2)] {
        let (mut from, mut numbers) = (1, Vec::new());
        while from <= 400 {
            let page = page(&server, &format!("{path}?from={from}&limit=33"));
            assert_eq!(page["durable"], 400);
            let items = page[name].as_array().unwrap();
            assert!(!items.is_empty() && items.len() <= 33 * each);
            numbers.extend(items.iter().map(|item| item["entry"].as_u64().unwrap()));
            from = page["next"].as_u64().unwrap();
        }
        numbers.dedup();
        assert_eq!(numbers, (1..=400).collect::<Vec<u64>>(), "{path}");
    }
    let last = page(&server, "/entries?from=400");
    assert_eq!(last["entries"][0]["payload"]["amount"], 4);
    assert_eq!(page(&server, "/events?from=400")["events"][0]["event"], "BalanceChanged");
    assert_eq!(page(&server, "/entries?from=401")["entries"].as_array().unwrap().len(), 0);
    server.get("/entries?from=x").expect(400, "whole number");
    server.get("/entries?to=1").expect(400, "known are: from, limit");
}

#[test]
fn a_stream_shows_each_entry_once_while_commands_run() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--segment-bytes", "65536"]);
    server.post(&deposit(1, 1)).expect(200, "");
    let mut from_start = follow(&server, "/entries?from=1", "");
    let mut from_now = follow(&server, "/events", "");
    let writer = {
        let mut client = server.client();
        thread::spawn(move || {
            for _ in 0..300 {
                client.post(&deposit(2, 1), &[]).expect(200, "");
            }
        })
    };
    for number in 1..=301 {
        let (id, entry) = message(&mut from_start).unwrap();
        assert_eq!((id, &entry["entry"]), (number, &Value::from(number)));
    }
    for number in 2..=301 {
        for account in [2, 0] {
            let (id, event) = message(&mut from_now).unwrap();
            assert_eq!(id, number);
            assert_eq!(event["payload"]["account_id"], account);
        }
    }
    writer.join().unwrap();
    let mut again = follow(&server, "/entries", "last-event-id: 299\r\n");
    assert_eq!(message(&mut again).unwrap().0, 300);
    // A stream does not hold up the end of the server.
    assert!(server.stop().0.success());
    assert_eq!(message(&mut from_start), None);
}

#[test]
fn clients_that_do_not_read_their_stream_cost_little_and_lose_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--response-seconds", "1"]);
    let body: Vec<String> = (1..=1000).map(|account| deposit(account, 1)).collect();
    for _ in 0..10 {
        server.post(&body.join("\n")).expect(200, "");
    }
    let before = server.memory();
    let streams: Vec<_> = (0..100).map(|_| follow(&server, "/entries?from=1", "")).collect();
    thread::sleep(Duration::from_secs(1));
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 96 << 10, "100 streams took {grown} KiB");
    let is_alone = (0..100).any(|_| {
        thread::sleep(Duration::from_millis(200));
        server.get("/metrics").body.contains("statevec_connections 1\n")
    });
    assert!(is_alone, "clients that do not read keep their connections");
    drop(streams);
    let (status, log) = server.stop();
    assert!(status.success() && !log.contains("panicked"), "{log}");
}

/// Each read begins behind what an earlier one has read ahead, in a log that has grown since.
#[test]
fn pages_are_whole_in_a_log_that_grows_between_them() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    let mut random = fastrand::Rng::with_seed(1);
    let mut last = 0;
    for _ in 0..60 {
        for _ in 0..random.u64(1..4) {
            server.post(&deposit(1, 1)).expect(200, "committed");
            last += 1;
        }
        let from = random.u64(1..=last);
        let page = page(&server, &format!("/entries?from={from}&limit=2"));
        let found = page["entries"].as_array().unwrap().iter();
        let found: Vec<_> = found.map(|entry| entry["entry"].as_u64().unwrap()).collect();
        // A page may be short: `next` tells where to go on.
        let expected: Vec<_> = (from..).take(found.len().max(1)).collect();
        assert_eq!(found, expected, "from {from} of {last}");
    }
}
