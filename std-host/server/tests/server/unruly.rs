//! A plugin that harms its process.

use std::{fs, path::Path, time::Instant};

use super::process::{Server, command, library};

fn start(dir: &std::path::Path, more: &[&str]) -> Server {
    Server::with_plugin(&library("statevec_unruly"), dir, more)
}

fn harm(what: &str) -> String {
    format!(r#"{{"command":"Do","payload":{{"what":"{what}"}}}}"#)
}

#[test]
fn a_failed_command_is_answered_and_stops_the_server_with_its_own_exit_code() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path(), &[]);
    let body = [harm("fine"), harm("panic"), harm("fine")].join("\n");
    server
        .post(&body)
        .expect(503, "the engine stopped at entry 2, because its command with ext_seq 2 failed")
        .expect(503, r#""status":"committed""#)
        .expect(503, r#""status":"failed""#);
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(4), "{log}");
    assert!(log.contains("ext_seq 2 failed"), "{log}");

    let server = start(dir.path(), &[]);
    server.post(&harm("fine")).expect(200, r#""ext_seq":3"#);
}

#[test]
fn a_failed_command_is_skipped_if_that_is_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path(), &["--on-failure", "skip"]);
    let body = [harm("fine"), harm("panic"), harm("fine")].join("\n");
    let answer = server.post(&body).expect(200, r#""status":"failed""#);
    assert_eq!(answer.body.matches(r#""status":"committed""#).count(), 2);
    server.get("/health").expect(200, "ok");
}

#[test]
fn a_request_whose_command_ended_the_process_is_not_run_again() {
    let dir = tempfile::tempdir().unwrap();
    let skip = ["--on-failure", "skip"];
    let key = [("idempotency-key", "poison")];
    let server = start(dir.path(), &skip);
    assert!(server.client().try_post(&harm("abort"), &key).is_err());
    let (status, _) = server.wait();
    assert_eq!(status.code(), None, "a signal ended it");

    let server = start(dir.path(), &skip);
    server.post(&harm("fine")).expect(200, r#""status":"committed""#);
    server.client().post(&harm("abort"), &key).expect(422, "ended while it ran command 1");
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
    assert!(
        log.contains("the last process ended while it ran the command with ext_seq 1"),
        "{log}"
    );
}

#[test]
fn a_command_that_never_ends_does_not_keep_the_server_from_ending() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path(), &["--stop-seconds", "1"]);
    let mut client = server.client();
    let body = harm("hang");
    let head = format!(
        "POST /commands HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    client.send(head.as_bytes()).unwrap();
    server.get("/health").expect(200, "ok");
    let began = Instant::now();
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("a command did not end within 1 seconds"), "{log}");
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

#[test]
fn a_plugin_that_changes_the_folder_moves_no_data() {
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let mut program = command(&library("statevec_unruly"), Path::new("data"));
    let server = Server::of(program.current_dir(&dir).env("STATEVEC_UNRULY_FOLDER", &elsewhere));
    server.post(&harm("fine")).expect(200, r#""status":"committed""#);
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
    assert!(dir.path().join("data/log").is_dir());
    assert_eq!(fs::read_dir(elsewhere).unwrap().count(), 0);
}
