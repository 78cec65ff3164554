//! Replicas that begin with a checkpoint.

use std::time::Duration;

use super::{
    load::{self, connect, context},
    nodes::{Nodes, wait_for},
    replica::{assert_equal, make_streams, start},
};

#[test]
fn a_replica_that_starts_with_nothing_begins_with_a_checkpoint_and_can_publish() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let options = ["--checkpoint-bytes", "50000"];
    let old = start("old", &url, &dir.path().join("old"), &options);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let context = runtime.block_on(async { context(connect(&url).await) });
    let publish = |numbers| {
        let sequences = runtime.block_on(load::publish(&context, numbers, Duration::ZERO));
        *sequences.last().unwrap()
    };
    // A checkpoint is begun by a commit behind it, so there are several.
    let last = (0..1000).step_by(100).map(|from| publish(from..from + 100)).last().unwrap();
    assert_equal(&[&old], last);
    let stored = || {
        runtime.block_on(async {
            let stream = context.get_stream("OBJ_BANK-checkpoints").await.unwrap();
            stream.cached_info().state.messages > 0
        })
    };
    wait_for("a checkpoint is stored", stored);

    let new = start("new", &url, &dir.path().join("new"), &options);
    assert_equal(&[&old, &new], last);
    old.kill();
    let last = publish(1000..1100);
    assert_equal(&[&new], last);
    let seen = runtime.block_on(super::consumer::read(&context, last));
    assert_eq!(seen.results.len() as u64, last, "the new replica goes on with publishing");
    let (status, log) = new.stop();
    assert!(status.success());
    assert!(log.contains("beginning with a checkpoint"), "{log}");
    let start = log.split("reading the stream start=").nth(1).unwrap();
    let start: u64 = start.split(' ').next().unwrap().parse().unwrap();
    assert!(start > 100, "it read the stream from {start} on");
}
