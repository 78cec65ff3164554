//! Tests of commands: order, numbers, keys, gaps and both forms of a body.

use std::{
    env::consts::{DLL_PREFIX, DLL_SUFFIX},
    fs, thread,
};

use super::process::{Server, bank, deposit};

#[test]
fn outcomes_come_in_the_order_of_the_commands() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    let withdraw = r#"{"command":"Withdraw","payload":{"account_id":9,"amount":1}}"#;
    let body = format!("{}\n\n{withdraw}\r\n{}", deposit(1, 5), deposit(1, 6));
    let response = server.post(&body).expect(200, "");
    assert_eq!(response.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<&str> = response.body.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0].contains(r#""ext_seq":1,"command":"Deposit","status":"committed","tx_seq":1"#)
    );
    assert!(lines[1].contains(r#""ext_seq":2,"command":"Withdraw","status":"rejected""#));
    assert!(lines[2].contains(r#""balance":11,"reason":"Deposit""#), "{}", lines[2]);
}

#[test]
fn a_request_with_a_key_that_comes_again_does_not_run_again() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    let body = format!("{}\n{}", deposit(1, 5), deposit(1, 6));
    let key = [("idempotency-key", "one")];
    let first = server.client().post(&body, &key).expect(200, r#""balance":11"#);
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = server.client().post(&body, &key).expect(200, r#""status":"duplicate""#);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    for (line, original) in again.body.lines().zip(first.body.lines()) {
        assert!(line.contains(original), "{line}");
    }
    server.client().post(&deposit(1, 7), &key).expect(422, "another body");
    assert!(server.stop().0.success());

    let server = Server::start(dir.path(), &[]);
    server.client().post(&body, &key).expect(200, r#""status":"duplicate""#);
    server.get("/records/Account?key=1").expect(200, r#""balance":11,"changes":2"#);
}

#[test]
fn a_command_whose_number_is_not_above_the_last_does_not_run() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    let numbered = |number| deposit(1, 5).replacen('{', &format!(r#"{{"ext_seq":{number},"#), 1);
    server
        .post(&numbered(7))
        .expect(200, r#""ext_seq":7,"command":"Deposit","status":"committed""#);
    server.post(&numbered(7)).expect(200, r#""status":"duplicate","original":{"ext_seq":7"#);
    server.post(&numbered(6)).expect(200, r#""status":"duplicate","original":null"#);
    server.post(&deposit(1, 1)).expect(200, r#""ext_seq":8"#);
    let both = server.client().post(&numbered(9), &[("idempotency-key", "k")]);
    both.expect(422, "ext_seq 9, and the request an Idempotency-Key");
}

#[test]
fn a_gap_is_refused_where_numbers_are_strict() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--strict-sequence"]);
    let gap = deposit(1, 5).replacen('{', r#"{"ext_seq":9,"#, 1);
    server
        .post(&format!("{}\n{gap}", deposit(1, 5)))
        .expect(409, "ext_seq 9 follows 1: 7 are missing")
        .expect(409, r#""outcomes":[{"ext_seq":1,"command":"Deposit","status":"committed""#);
    server.post(&deposit(1, 1)).expect(200, r#""ext_seq":2"#);
}

#[test]
fn submit_requests_run_as_json_does() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    let mut record = vec![1, 1, 16, 0, 0, 0];
    record.extend(4_u64.to_le_bytes());
    record.extend(9_i64.to_le_bytes());
    let body = [record.as_slice(), &record].concat();
    let headers = [("content-type", "application/octet-stream")];
    let answer = server.client().request("POST", "/commands", &headers, &body).unwrap();
    answer.expect(200, r#""account_id":4,"delta":9,"balance":18"#);
    let cut = server.client().request("POST", "/commands", &headers, &body[..30]).unwrap();
    cut.expect(422, r#""record":2,"byte":23"#);
}

#[test]
fn commands_that_arrive_during_a_sync_share_the_next_one() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    // On a busy machine a request may take longer than a sync, and few arrive during one.
    let mut syncs_before = 0.0;
    let shares = (1..=10).any(|round| {
        let clients: Vec<_> = (1..=16_u64)
            .map(|account| {
                let mut client = server.client();
                thread::spawn(move || {
                    for _ in 0..50 {
                        client.post(&deposit(account, 1), &[]).expect(200, "committed");
                    }
                })
            })
            .collect();
        clients.into_iter().for_each(|client| client.join().unwrap());
        let metrics = server.get("/metrics").body;
        let value = |name: &str| -> f64 {
            let line = metrics.lines().find(|line| line.starts_with(name)).unwrap();
            line.rsplit(' ').next().unwrap().parse().unwrap()
        };
        let committed = 800 * round;
        let counted = value(r#"statevec_commands_total{command="Deposit",outcome="committed"}"#);
        assert_eq!(counted, f64::from(committed));
        assert_eq!(value("statevec_sync_entries_sum"), counted);
        let expected =
            format!(r#""entry":{committed},"tx_seq":{committed},"last_ext_seq":{committed}"#);
        server.get("/status").expect(200, &expected);
        let syncs = value("statevec_syncs_total ");
        let taken = syncs - syncs_before;
        syncs_before = syncs;
        taken < 400.0
    });
    assert!(shares, "{syncs_before} syncs for 8000 commands");
}

#[test]
fn no_promise_of_a_host_is_broken() {
    let dir = tempfile::tempdir().unwrap();
    let name = format!("{DLL_PREFIX}statevec_check_host{DLL_SUFFIX}");
    let server = Server::with_plugin(&bank().with_file_name(name), &dir.path().join("data"), &[]);
    let checks = concat!(env!("CARGO_MANIFEST_DIR"), "/../check-host/checks.jsonl");
    let checks = fs::read_to_string(checks).unwrap();
    let response = server.post(&checks).expect(200, "\"step\":38,\"outcome\":1");
    // Two steps are rejected on purpose.
    let kept = response.body.matches("\"outcome\":1").count();
    assert_eq!(kept, checks.lines().count() - 2, "{}", response.body);
}
