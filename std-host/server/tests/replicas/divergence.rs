//! Replicas with another configuration, or another build of the plugin.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use statevec_abi::static_plugin;
use statevec_bank_other::MISDATED;
use statevec_host::{
    LoadedPlugin, checkpoint,
    durable::DataDirectory,
    replay::{DescribedDivergence, Difference, Divergence, ReplayOptions, Replayer},
    storage::FileSystem,
};

use super::{
    load::{self, connect, context},
    nodes::{Nodes, wait_for},
    process::{bank, deposit, library},
    replica::{assert_equal, describe, make_streams, replica_command, start, start_with},
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
    assert!(log.contains("is the same as theirs, so compare the configurations"), "{log}");
    assert_equal(&[&a, &b], last);

    // A replay of the log that was kept finds the first command with another result.
    let (first, _) = first_difference(&dir.path().join("other"));
    assert!(matches!(first.difference, Difference::Outcome { .. }), "{first:?}");
    let stated = log.split("behind ext_seq ").nth(1).unwrap();
    let stated: u64 = stated.split(':').next().unwrap().parse().unwrap();
    assert!(first.ext_seq <= stated, "{first:?} is behind {stated}");
}

#[test]
fn a_build_that_differs_in_one_field_stops_and_the_replay_names_the_field() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let path = |name| dir.path().join(name);
    let (a, b) = (start("a", &url, &path("a"), &[]), start("b", &url, &path("b"), &[]));
    let build = library("statevec_bank_other");
    let other = start_with(&build, "other", &url, &path("other"), &[]);
    a.post(&deposit(1, 5)).expect(200, "committed");
    assert_equal(&[&a, &b, &other], 1);
    a.post(&deposit(1, MISDATED)).expect(200, "committed");
    let (status, log) = other.wait();
    assert_eq!(status.code(), Some(5), "{log}");
    assert!(log.contains("state differs from that of a, b behind ext_seq 2"), "{log}");
    assert!(log.contains("is another build than theirs"), "{log}");
    assert_equal(&[&a, &b], 2);

    let (_, text) = first_difference(&path("other"));
    assert!(text.contains("ext_seq 2, Deposit"), "{text}");
    assert!(text.contains("record Account 1, field changed_at_us: recorded"), "{text}");
}

/// Replays a log with the bank without configuration. Returns the first entry with another result,
/// also in words.
fn first_difference(folder: &Path) -> (Divergence, String) {
    let directory = DataDirectory::new(Arc::new(FileSystem), folder);
    let bank = LoadedPlugin::from_static(&static_plugin!(statevec_bank::Bank, slots = 1)).unwrap();
    let options = ReplayOptions { config: Some(String::new()), ..ReplayOptions::default() };
    let mut replayer = Replayer::of_directory(&directory, Some(&bank), options).unwrap();
    while replayer.step(|_, _| {}).unwrap() {}
    let divergence = replayer.summary().first.clone().unwrap();
    let described = DescribedDivergence { schema: bank.schema(), divergence: &divergence };
    let text = described.to_string();
    (divergence, text)
}

#[test]
fn another_build_of_the_same_logic_works_and_is_shown() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let copy = other_build_of_the_same_logic(dir.path());
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    let (a, b) = (start("a", &url, &a, &[]), start_with(&copy, "b", &url, &b, &[]));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let last = runtime.block_on(async {
        let context = context(connect(&url).await);
        load::publish(&context, 0..100, Duration::ZERO).await.pop().unwrap()
    });
    assert_equal(&[&a, &b], last);
    wait_for("they agree", || describe(&a)["agreed_ext_seq"] == last);
    let (of_a, of_b) = (describe(&a), describe(&b));
    let (file, other) = (&of_a["plugin_sha256"], &of_a["others"][0]["plugin_sha256"]);
    assert!(file.is_string() && other.is_string() && file != other, "{of_a}");
    assert_eq!(other, &of_b["plugin_sha256"]);
}

#[test]
fn a_build_with_another_schema_stops_and_both_files_are_named() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let path = |name| dir.path().join(name);
    let options = ["--checkpoint-bytes", "20000"];
    // Each of them may become the publisher, which stores its checkpoints.
    let (a, b) = (start("a", &url, &path("a"), &options), start("b", &url, &path("b"), &options));
    let next = with_fields_of_another_schema();
    let other = start_with(&next, "other", &url, &path("other"), &[]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let context = runtime.block_on(async { context(connect(&url).await) });
    let publish =
        |numbers| runtime.block_on(load::publish(&context, numbers, Duration::ZERO)).pop().unwrap();
    let last = publish(0..300);
    let (status, log) = other.wait();
    assert_eq!(status.code(), Some(5), "{log}");
    assert!(log.contains("is another build than theirs"), "{log}");
    for replica in [&a, &b] {
        let file = describe(replica)["plugin_sha256"].as_str().unwrap().to_owned();
        assert!(log.contains(&file), "{file} is not in {log}");
    }
    assert_equal(&[&a, &b], last);

    // Behind a checkpoint such a build does not even begin. It is begun by a commit behind its
    // entries, and one commit may hold all commands so far.
    let mut bursts = (300..).step_by(50);
    wait_for("both have a checkpoint", || {
        let first = bursts.next().unwrap();
        publish(first..first + 50);
        has_checkpoint(&path("a")) && has_checkpoint(&path("b"))
    });
    wait_for("a checkpoint is stored", || {
        let stream = runtime.block_on(context.get_stream("OBJ_BANK-checkpoints")).unwrap();
        stream.cached_info().state.messages > 0
    });
    let mut refused = replica_command(&next, "third", &url, &path("third"), &[]).spawn().unwrap();
    let mut text = String::new();
    refused.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(refused.wait().unwrap().code(), Some(1), "{text}");
    assert!(text.contains("cannot begin with the newest checkpoint"), "{text}");
    assert!(text.contains("another schema"), "{text}");
}

fn has_checkpoint(folder: &Path) -> bool {
    let checkpoints = DataDirectory::new(Arc::new(FileSystem), folder).checkpoints();
    !checkpoint::list(&FileSystem, &checkpoints).unwrap().is_empty()
}

/// A library that differs from the bank's in bytes that nothing reads.
pub(crate) fn other_build_of_the_same_logic(dir: &Path) -> PathBuf {
    let path = dir.join("copy.so");
    let mut bytes = fs::read(bank()).unwrap();
    bytes.extend_from_slice(b"another build");
    fs::write(&path, bytes).unwrap();
    path
}

/// A later build of the bank, whose accounts have another field.
pub(crate) fn with_fields_of_another_schema() -> PathBuf {
    library("statevec_bank_next")
}
