//! Streams that are not what a replica has recorded.

use std::time::Duration;

use super::{
    load::{self, connect, context},
    nodes::{Nodes, wait_for},
    process::Server,
    replica::{init_stream, make_streams, place, start},
};

/// A replica with five commands, its nodes and its runtime.
fn with_five(data: &std::path::Path) -> Option<(Nodes, tokio::runtime::Runtime, Server)> {
    let nodes = Nodes::start(1)?;
    make_streams(&nodes.url(), 1);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let replica = start("a", &nodes.url(), data, &[]);
    publish(&runtime, &nodes, 0..5);
    wait_for("five commands ran", || place(&replica).0 == 5);
    Some((nodes, runtime, replica))
}

fn publish(runtime: &tokio::runtime::Runtime, nodes: &Nodes, numbers: std::ops::Range<u64>) {
    runtime.block_on(async {
        let context = context(connect(&nodes.url()).await);
        load::publish(&context, numbers, Duration::ZERO).await
    });
}

/// Deletes the stream, makes it anew, and publishes other commands.
fn make_anew(runtime: &tokio::runtime::Runtime, nodes: &Nodes, numbers: std::ops::Range<u64>) {
    runtime.block_on(async {
        let context = context(connect(&nodes.url()).await);
        context.delete_stream("BANK").await.unwrap();
    });
    make_streams(&nodes.url(), 1);
    publish(runtime, nodes, numbers);
}

#[test]
fn a_stream_that_is_made_anew_stops_a_running_replica() {
    let dir = tempfile::tempdir().unwrap();
    let Some((nodes, runtime, replica)) = with_five(dir.path()) else { return };
    make_anew(&runtime, &nodes, 100..120);
    let (status, log) = replica.wait();
    assert_eq!(status.code(), Some(5), "{log}");
    assert!(log.contains("the stream was deleted and made anew"), "{log}");
}

#[test]
fn another_history_under_the_same_numbers_stops_a_replica_that_starts() {
    let dir = tempfile::tempdir().unwrap();
    let Some((nodes, runtime, replica)) = with_five(dir.path()) else { return };
    assert!(replica.stop().0.success());
    make_anew(&runtime, &nodes, 100..120);
    let (status, log) = start("a", &nodes.url(), dir.path(), &[]).wait();
    assert_eq!(status.code(), Some(5), "{log}");
    assert!(log.contains("message 5 is not the command that this replica recorded"), "{log}");
}

#[test]
fn a_stream_that_lost_its_end_stops_a_replica_after_a_while() {
    let dir = tempfile::tempdir().unwrap();
    let Some((nodes, runtime, replica)) = with_five(dir.path()) else { return };
    assert!(replica.stop().0.success());
    make_anew(&runtime, &nodes, 100..103);
    let (status, log) = start("a", &nodes.url(), dir.path(), &[]).wait();
    assert_eq!(status.code(), Some(5), "{log}");
    assert!(log.contains("the stream ends with message 3"), "{log}");
    assert!(log.contains("waiting for the stream's nodes to agree"), "{log}");
}

#[test]
fn init_stream_names_settings_that_let_messages_be_lost() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let context = context(connect(&url).await);
        let config = async_nats::jetstream::stream::Config {
            name: "BANK".into(),
            subjects: vec!["bank.commands".into()],
            max_messages: 10,
            ..Default::default()
        };
        context.create_stream(config).await.unwrap();
    });
    let output = init_stream(&url, 1, &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    for setting in
        ["deny_delete is false", "deny_purge is false", "max_msgs is 10", "discard is old"]
    {
        assert!(text.contains(setting), "{setting}: {text}");
    }
    let refused = init_stream(&url, 1, &["--nats-key", "no-such-file"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn messages_that_are_no_commands_are_skipped_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let Some((nodes, runtime, replica)) = with_five(dir.path()) else { return };
    runtime.block_on(async {
        let context = context(connect(&nodes.url()).await);
        let sent = context.publish("bank.commands", "no command".into()).await.unwrap();
        sent.await.unwrap();
        let mut headers = async_nats::HeaderMap::new();
        headers.insert("Content-Type", "application/json");
        let json = r#"{"command":"Deposit","payload":{"account_id":7,"amount":9}}"#;
        let sent = context.publish_with_headers("bank.commands", headers, json.into()).await;
        sent.unwrap().await.unwrap();
    });
    replica.get("/records/Account?key=7&min_ext_seq=7").expect(200, r#""balance":9,"#);
    replica.get("/metrics").expect(200, "statevec_unreadable_messages 1\n");
    let (status, log) = replica.stop();
    assert!(status.success());
    assert!(log.contains("the message is no command"), "{log}");
}
