//! A replica whose plugin gives other results.

use std::{sync::Arc, time::Duration};

use statevec_abi::static_plugin;
use statevec_host::{
    LoadedPlugin,
    durable::DataDirectory,
    replay::{Difference, ReplayOptions, Replayer},
    storage::FileSystem,
};

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
    assert_equal(&[&a, &b], last);

    // A replay of the log that was kept finds the first command with another result.
    let directory = DataDirectory::new(Arc::new(FileSystem), dir.path().join("other"));
    let bank = LoadedPlugin::from_static(&static_plugin!(statevec_bank::Bank, slots = 1)).unwrap();
    let options = ReplayOptions { config: Some(String::new()), ..ReplayOptions::default() };
    let mut replayer = Replayer::of_directory(&directory, Some(&bank), options).unwrap();
    while replayer.step(|_, _| {}).unwrap() {}
    let first = replayer.summary().first.clone().unwrap();
    assert!(matches!(first.difference, Difference::Outcome { .. }), "{first:?}");
    let stated = log.split("behind ext_seq ").nth(1).unwrap();
    let stated: u64 = stated.split(':').next().unwrap().parse().unwrap();
    assert!(first.ext_seq <= stated, "{first:?} is behind {stated}");
}
