//! Clients that write to one replica and read from another.

use super::{
    nodes::{Nodes, wait_for},
    panels,
    process::deposit,
    replica::{describe, make_streams, start},
};

#[test]
fn a_client_reads_its_own_writes_on_any_replica() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    let (a, b) = (start("a", &url, &a, &[]), start("b", &url, &b, &[]));
    for amount in 1..=20 {
        let answer = a.post(&deposit(1, amount)).expect(200, r#""status":"committed""#);
        let (_, ext_seq) = answer.body.split_once(r#"{"ext_seq":"#).unwrap();
        let ext_seq = ext_seq.split(',').next().unwrap();
        let balance = format!(r#""balance":{},"#, amount * (amount + 1) / 2);
        let read = b.get(&format!("/records/Account?key=1&min_ext_seq={ext_seq}"));
        let read = read.expect(200, &balance);
        assert!(read.header("statevec-entry").is_some());
        assert_eq!(read.header("statevec-ext-seq"), Some(ext_seq));
    }
    wait_for("the replicas hear each other", || {
        describe(&a)["others"][0]["name"] == "b" && !describe(&a)["agreed_ext_seq"].is_null()
    });
    let text = a.get("/metrics").expect(200, "statevec_digests_agree 1\n").body;
    let metrics = panels::assert_served(&panels::of_row("Replicas"), &text);
    assert!(metrics >= 9, "only {metrics} metrics");
}

#[test]
fn requests_that_the_stream_cannot_take_are_refused_with_the_reason() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let options = ["--command-seconds", "1", "--request-seconds", "1"];
    let replica = start("a", &url, dir.path(), &options);
    let numbered = deposit(1, 1).replace(r#"{"command""#, r#"{"ext_seq":5,"command""#);
    replica.post(&numbered).expect(422, "takes its commands from a stream");
    let key = [("idempotency-key", "one")];
    let mut client = replica.client();
    let first = client.post(&deposit(1, 1), &key).expect(200, r#""ext_seq":1,"#);
    let again = client.post(&deposit(1, 1), &key).expect(200, r#""ext_seq":1,"#);
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    replica.get("/records/Account?key=1&min_entry=99").expect(504, "is at entry 1 and ext_seq 1");
    drop(nodes);
    replica.post(&deposit(1, 1)).expect(503, "may or may not be in the stream");
    replica.get("/records/Account?key=1").expect(200, r#""balance":1,"#);
}
