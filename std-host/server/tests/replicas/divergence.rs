//! A replica whose plugin gives other results.

use std::time::Duration;

use super::{
    load::{self, connect, context},
    nodes::Nodes,
    replica::{assert_equal, make_streams, start},
};

#[test]
fn a_replica_with_other_results_stops_and_says_where() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    let (a, b) = (start("a", &url, &a, &[]), start("b", &url, &b, &[]));
    let other = dir.path().join("other");
    let other = start("other", &url, &other, &["--config", "max_amount = 40"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let last = runtime.block_on(async {
        let context = context(connect(&url).await);
        load::publish(&context, 0..100, Duration::ZERO).await.pop().unwrap()
    });
    let (status, log) = other.wait();
    assert_eq!(status.code(), Some(5), "{log}");
    assert!(log.contains("state differs from that of a, b behind ext_seq"), "{log}");
    assert!(log.contains("statevec-host replay"), "{log}");
    assert!(dir.path().join("other/log").is_dir());
    assert_equal(&[&a, &b], last);
}
