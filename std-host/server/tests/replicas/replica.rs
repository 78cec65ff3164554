//! Replicas of a test.

use std::{
    path::Path,
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    nodes::wait_for,
    process::{Server, bank, command, program},
};

/// The longest time for a replica to catch up.
const LONGEST: Duration = Duration::from_secs(90);

pub(crate) const STREAM: &str = "BANK";

/// Makes the streams. The nodes may not have found each other yet.
pub(crate) fn make_streams(url: &str, nodes: usize) {
    wait_for("the streams are made", || init_stream(url, nodes, &[]).status.success());
}

pub(crate) fn init_stream(url: &str, nodes: usize, more: &[&str]) -> Output {
    let nodes = nodes.to_string();
    program()
        .args(["init-stream", "--nats", url, "--stream", STREAM, "--stream-replicas", &nodes])
        .args(more)
        .output()
        .unwrap()
}

/// Starts a replica of the bank, and waits until it is ready.
pub(crate) fn start(name: &str, url: &str, data: &Path, more: &[&str]) -> Server {
    start_with(&bank(), name, url, data, more)
}

/// As [`start`], with another plugin.
pub(crate) fn start_with(
    plugin: &Path,
    name: &str,
    url: &str,
    data: &Path,
    more: &[&str],
) -> Server {
    Server::of(&mut replica_command(plugin, name, url, data, more))
}

/// The command that starts a replica.
pub(crate) fn replica_command(
    plugin: &Path,
    name: &str,
    url: &str,
    data: &Path,
    more: &[&str],
) -> Command {
    let mut command = command(plugin, data);
    command.args(["--nats", url, "--stream", STREAM, "--replica-name", name]);
    command.args(["--digest-commands", "50"]).args(more);
    command
}

/// The description that a replica gives of itself; `Null` while it cannot.
pub(crate) fn describe(server: &Server) -> Value {
    let answer = super::client::Client::try_connect(server.address)
        .and_then(|mut client| client.request("GET", "/replicas", &[], b""));
    answer.ok().and_then(|answer| serde_json::from_str(&answer.body).ok()).unwrap_or_default()
}

/// The last command and the digest behind it.
pub(crate) fn place(server: &Server) -> (u64, String) {
    let description = describe(server);
    let digest = description["digest"].as_str().unwrap_or_default();
    (description["ext_seq"].as_u64().unwrap_or_default(), digest.to_owned())
}

/// Waits until all replicas are behind a command, and compares their digests.
#[track_caller]
pub(crate) fn assert_equal(replicas: &[&Server], last: u64) -> String {
    for replica in replicas {
        let began = Instant::now();
        while place(replica).0 != last {
            let log = replica.log();
            let has_stopped = log.contains("the replica has stopped");
            assert!(!has_stopped && began.elapsed() < LONGEST, "not at {last}: {log}");
            thread::sleep(Duration::from_millis(50));
        }
    }
    let places: Vec<_> = replicas.iter().map(|replica| place(replica)).collect();
    assert!(places.windows(2).all(|pair| pair[0] == pair[1]), "{places:?}");
    places[0].1.clone()
}
