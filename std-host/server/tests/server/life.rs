//! Tests of start and end: restarts, signals, a second server, a taken address.

use std::{thread, time::Duration};

use rustix::process::Signal;

use super::process::{Server, bank, command, deposit};

#[test]
fn a_server_that_starts_again_goes_on_where_it_ended() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    server.post(&deposit(1, 5)).expect(200, r#""ext_seq":1"#);
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
    assert!(log.contains("data directory created"), "{log}");
    assert!(log.contains("SIGTERM: no more requests are taken"), "{log}");
    assert!(log.contains("everything is durable entry=1"), "{log}");

    let server = Server::start(dir.path(), &[]);
    server.post(&deposit(1, 5)).expect(200, r#""ext_seq":2"#);
    server.get("/status").expect(200, r#""opened":"at entry 1, from 1 entry""#);
}

#[test]
fn commands_that_were_taken_before_sigterm_are_answered_and_durable() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    let clients = server.clients_that_deposit(8);
    thread::sleep(Duration::from_millis(300));
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
    let server = Server::start(dir.path(), &[]);
    let mut total = 0;
    for client in clients {
        let (account, acknowledged) = client.join().unwrap();
        let path = format!("/records/Account?key={account}");
        server.get(&path).expect(200, &format!(r#""balance":{acknowledged},"#));
        total += acknowledged;
    }
    assert!(total > 0);
}

#[test]
fn a_second_server_on_the_same_directory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let _server = Server::start(dir.path(), &[]);
    let second = command(&bank(), dir.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let log = String::from_utf8(second.stderr).unwrap();
    assert!(log.contains("is in use by statevec-server, process"), "{log}");
}

#[test]
fn an_address_that_is_taken_is_an_error_with_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&dir.path().join("one"), &[]);
    let address = server.address.to_string();
    let mut second = super::process::program();
    second.arg("--plugin").arg(bank()).arg("--data").arg(dir.path().join("two"));
    let second = second.args(["--listen", &address]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let log = String::from_utf8(second.stderr).unwrap();
    assert!(log.contains(&format!("cannot listen on {address}; give another address")), "{log}");
}

#[test]
fn sigint_ends_the_server_as_sigterm_does() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--log-format", "json"]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    server.signal(Signal::INT);
    let (status, log) = server.wait();
    assert!(status.success(), "{log}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["level"].is_string() && line["fields"]["message"].is_string(), "{line}");
    }
}

#[test]
fn checkpoints_are_made_beside_commands() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--checkpoint-bytes", "2000"]);
    let mut client = server.client();
    for _ in 0..40 {
        client.post(&deposit(1, 5), &[]).expect(200, "committed");
    }
    server.stop();
    let server = Server::start(dir.path(), &[]);
    server.get("/status").expect(200, r#""opened":"at entry 40, from checkpoint "#);
    let metrics = server.get("/metrics").body;
    assert!(!metrics.contains("statevec_checkpoint_entry 0\n"), "{metrics}");
    assert!(!metrics.contains("statevec_checkpoint_age_seconds -1"), "{metrics}");
}

#[test]
fn a_service_manager_learns_when_the_server_is_ready() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut child = command(&bank(), &dir.path().join("data"))
        .env("NOTIFY_SOCKET", &path)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let receive = || {
        let mut bytes = [0; 500];
        let len = socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..len].to_vec()).unwrap()
    };
    let ready = receive();
    assert!(ready.contains("READY=1") && ready.contains("STATUS=serving http://"), "{ready}");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, Signal::TERM).unwrap();
    assert!(receive().contains("STOPPING=1"));
    assert!(child.wait().unwrap().success());
}
