//! Tests of servers that take another build of the plugin while they run.

mod refused;
mod taken;

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use statevec_host::{
    LoadOptions,
    durable::DataDirectory,
    replay::{ReplayOptions, ReplaySummary, Replayer},
    storage::FileSystem,
};

use super::{
    client::Response,
    process::{Server, bank, deposit, library},
};

/// A folder with a plugin's file, which is exchanged, and a data directory.
struct Place(tempfile::TempDir);

impl Place {
    /// The bank lies in the folder.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.put(&bank());
        place
    }

    fn plugin(&self) -> PathBuf {
        self.0.path().join("plugin.so")
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// Exchanges the plugin's file, and returns the digest of the new one.
    fn put(&self, file: &Path) -> String {
        self.put_bytes(&fs::read(file).unwrap())
    }

    fn put_bytes(&self, bytes: &[u8]) -> String {
        let new = self.0.path().join("new.so");
        fs::write(&new, bytes).unwrap();
        fs::rename(new, self.plugin()).unwrap();
        sha256(bytes)
    }

    fn start(&self, more: &[&str]) -> Server {
        Server::with_plugin(&self.plugin(), &self.data(), more)
    }

    /// Replays the log from its first entry with the builds that the directory keeps.
    fn replay(&self) -> ReplaySummary {
        let directory = DataDirectory::new(std::sync::Arc::new(FileSystem), self.data());
        let replayer = Replayer::of_directory(&directory, None, ReplayOptions::default()).unwrap();
        let mut replayer = replayer.load_builds(Box::new(move |header| {
            let digest = statevec_host::Sha256::from_bytes(header.plugin_sha256);
            let file = directory.plugin_file(&digest);
            // SAFETY: the directory holds builds of the bank that this test put there (rule 6).
            Ok(unsafe { LoadOptions::new().sha256(digest).open(file) }?)
        }));
        while replayer.step(|_, _| {}).unwrap() {}
        replayer.summary().clone()
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn other() -> PathBuf {
    library("statevec_bank_other")
}

fn change(server: &Server, query: &str) -> Response {
    server.client().request("POST", &format!("/plugin{query}"), &[], b"").unwrap()
}

fn json(response: &Response) -> Value {
    serde_json::from_str(&response.body).unwrap()
}

fn running(server: &Server) -> String {
    json(&server.get("/status"))["plugin_sha256"].as_str().unwrap().to_owned()
}

/// Expects a refusal, after which the build before goes on.
#[track_caller]
fn refused(server: &Server, query: &str, reason: &str, text: &str) {
    let before = json(&server.get("/status"));
    let answer = change(server, query).expect(409, text).expect(409, "the build before goes on");
    assert_eq!(json(&answer)["reason"], reason, "{}", answer.body);
    let after = json(&server.get("/status"));
    assert_eq!(
        (&after["plugin_sha256"], &after["entry"]),
        (&before["plugin_sha256"], &before["entry"])
    );
    server.post(&deposit(1, 5)).expect(200, "committed");
}

/// Waits until the log has a text.
fn wait_for(server: &Server, text: &str) {
    let began = Instant::now();
    while !server.log().contains(text) {
        assert!(began.elapsed() < Duration::from_secs(60), "{}", server.log());
        thread::sleep(Duration::from_millis(20));
    }
}
