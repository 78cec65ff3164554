//! Tests of servers that take another build of the plugin while they run.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use statevec_bank_other::{ABORTS, HANGS, REFUSED_ACCOUNT, REJECTED};
use statevec_host::{
    LoadOptions,
    durable::DataDirectory,
    replay::{ReplayOptions, ReplaySummary, Replayer},
    storage::FileSystem,
};

use super::{
    client::Response,
    process::{Server, bank, deposit, library},
    small_disk::SmallDisk,
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

#[test]
fn the_build_that_runs_already_changes_nothing() {
    let place = Place::new();
    let server = place.start(&[]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    let sha256 = sha256(&fs::read(bank()).unwrap());
    assert_eq!(running(&server), sha256, "the digest is shown without a pin");
    let answer = change(&server, "").expect(200, r#""changed":false"#);
    assert_eq!(json(&answer)["plugin_sha256"], sha256);
    server.get("/status").expect(200, r#""entry":1,"#);
}

#[test]
fn a_build_with_the_same_results_is_taken_from_the_same_path() {
    let place = Place::new();
    let server = place.start(&[]);
    for _ in 0..20 {
        server.post(&deposit(1, 5)).expect(200, "committed");
    }
    let (before, next) = (running(&server), place.put(&other()));
    let answer = json(&change(&server, "?compare_entries=8").expect(200, r#""changed":true"#));
    assert_eq!(
        (&answer["before_sha256"], &answer["plugin_sha256"]),
        (&before.into(), &(*next).into())
    );
    assert_eq!(answer["entry"], 21);
    assert_eq!(answer["compared"], serde_json::json!({ "from": 13, "to": 20, "commands": 8 }));
    assert_eq!(running(&server), next);
    server.post(&deposit(1, REJECTED)).expect(200, "1013 is no amount");
    server.post(&deposit(1, 5)).expect(200, r#""ext_seq":22"#);
    // Entries of the build before are compared, too, if both builds answer them alike.
    place.put(&bank());
    refused(&server, "?compare_entries=10", "divergence", "entry 22, ext_seq 21");
    place.put(&other());
    change(&server, "").expect(200, r#""changed":false"#);
    let metrics = server.get("/metrics").body;
    assert!(metrics.contains(&format!(r#"plugin_sha256="{next}""#)), "{metrics}");
    assert_eq!(metrics.matches("statevec_server_info{").count(), 1, "{metrics}");
    assert!(metrics.contains(r#"statevec_plugin_changes_total{result="taken"} 1"#), "{metrics}");

    // The options name the new file, so a server that starts again has it, too.
    server.kill();
    let server = place.start(&[]);
    assert_eq!(running(&server), next);
    server.get("/status").expect(200, r#""entry":24,"#);
    server.post(&deposit(1, REJECTED)).expect(200, "1013 is no amount");
    server.stop();
    let replayed = place.replay();
    assert_eq!((replayed.entries, replayed.ran, replayed.divergences()), (25, 24, 0));
}

#[test]
fn a_build_with_another_result_is_refused_with_the_first_difference() {
    let place = Place::new();
    let server = place.start(&[]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    server.post(&deposit(7, REJECTED)).expect(200, "committed");
    let next = place.put(&other());
    refused(
        &server,
        "",
        "divergence",
        r#"entry 2, ext_seq 2, Deposit {\"account_id\":7,\"amount\":1013}: outcome: recorded"#,
    );
    let metrics = server.get("/metrics").body;
    assert!(metrics.contains(r#"statevec_plugin_changes_total{result="refused"} 1"#), "{metrics}");

    // Entries before the difference, or none, may be compared if the difference is intended.
    change(&server, "?compare_entries=0").expect(200, r#""commands":0"#);
    assert_eq!(running(&server), next);
    server.post(&deposit(7, REJECTED)).expect(200, "1013 is no amount");

    // The build that runs answers entries of the build before otherwise: they are left out.
    place.put(&bank());
    refused(&server, "", "divergence", "entry 5, ext_seq 4");
    server.stop();
    assert_eq!(place.replay().divergences(), 0);
}

#[test]
fn a_build_that_ends_its_process_or_never_returns_does_not_harm_the_server() {
    let place = Place::new();
    let server = place.start(&["--compare-seconds", "2"]);
    server.post(&deposit(1, HANGS)).expect(200, "committed");
    place.put(&other());
    refused(&server, "", "time", "--compare-seconds");
    server.post(&deposit(1, ABORTS)).expect(200, "committed");
    refused(&server, "?compare_entries=2", "crash", "signal: 6");
    let place = Place::new();
    let server = place.start(&[]);
    server.post(&deposit(REFUSED_ACCOUNT, 5)).expect(200, "committed");
    place.put(&other());
    refused(&server, "", "invariant", "there is an account 4444");
}

#[test]
fn a_file_that_is_no_build_of_the_plugin_is_refused() {
    let place = Place::new();
    let server = place.start(&[]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    place.put_bytes(b"no library");
    refused(&server, "", "load", "plugin.so");
    place.put(&library("statevec_unruly"));
    refused(&server, "", "plugin", "the build is plugin unruly, and the directory belongs to");
    place.put(&library("statevec_bank_next"));
    refused(&server, "", "schema", "statevec-host migrate");
    fs::remove_file(place.plugin()).unwrap();
    refused(&server, "", "options", "cannot be found");
    // A build that aborts while it is loaded.
    place.put(&bank());
    change(&server, "").expect(200, r#""changed":false"#);
}

#[test]
fn only_the_expected_build_is_taken() {
    let place = Place::new();
    let server = place.start(&[]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    let before = running(&server);
    let next = place.put(&other());
    refused(&server, &format!("?sha256={before}"), "load", &next);
    change(&server, "?sha256=12").expect(400, "sha256: a SHA-256 digest has 64");
    change(&server, "?compare_entries=x").expect(400, "must be a whole number");
    change(&server, "?file=x").expect(400, "unknown parameter");
    let body = server.client().request("POST", "/plugin", &[], b"/tmp/other.so").unwrap();
    body.expect(422, "takes no body");
    server.get("/plugin").expect(405, "takes no GET");
    change(&server, &format!("?sha256={next}")).expect(200, r#""changed":true"#);
    assert_eq!(running(&server), next);
}

#[test]
fn a_pin_holds_until_the_file_of_options_names_another_build() {
    let place = Place::new();
    let file = place.0.path().join("server.toml");
    let write = |pin: &str| fs::write(&file, format!("sha256 = \"{pin}\"\n")).unwrap();
    write(&sha256(&fs::read(bank()).unwrap()));
    let server = place.start(&["--options", file.to_str().unwrap()]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    let next = place.put(&other());
    refused(&server, "", "load", &next);
    refused(&server, &format!("?sha256={next}"), "load", "the option sha256 pins");
    write("12");
    refused(&server, "", "options", "sha256: a SHA-256 digest has 64");
    write(&next);
    change(&server, "").expect(200, r#""changed":true"#);
    server.kill();
    let server = place.start(&["--options", file.to_str().unwrap()]);
    assert_eq!(running(&server), next);
}

#[test]
fn a_request_without_the_token_loads_nothing() {
    let place = Place::new();
    let file = place.0.path().join("token");
    fs::write(&file, "correct-horse-battery\n").unwrap();
    let server = place.start(&["--token-file", file.to_str().unwrap()]);
    place.put(&other());
    change(&server, "").expect(401, "Authorization: Bearer TOKEN");
    let headers = [("authorization", "Bearer correct-horse-battery")];
    let ask = |more: &[(&str, &str)]| {
        let headers = [&headers[..], more].concat();
        server.client().request("POST", "/plugin", &headers, b"").unwrap()
    };
    ask(&[("origin", "http://evil.example")]).expect(403, "another origin");
    ask(&[]).expect(200, r#""changed":true"#);
}

#[test]
fn sighup_takes_the_file_of_the_options() {
    let place = Place::new();
    let server = place.start(&[]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    place.put_bytes(b"no library");
    server.signal(Signal::HUP);
    wait_for(&server, "another build of the plugin was refused");
    let next = place.put(&other());
    server.signal(Signal::HUP);
    wait_for(&server, "took another build of the plugin");
    assert_eq!(running(&server), next);
    server.post(&deposit(1, 5)).expect(200, "committed");
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
}

fn wait_for(server: &Server, text: &str) {
    let began = Instant::now();
    while !server.log().contains(text) {
        assert!(began.elapsed() < Duration::from_secs(60), "{}", server.log());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn commands_under_load_go_on_and_lose_nothing_while_builds_change() {
    let place = Place::new();
    let server = place.start(&["--segment-bytes", "100000", "--checkpoint-bytes", "200000"]);
    let files = [other(), bank()];
    let clients: Vec<_> = (1..=4_u64)
        .map(|account| {
            let mut client = server.client();
            thread::spawn(move || {
                let mut acknowledged = 0_u64;
                while let Ok(answer) = client.try_post(&deposit(account, 1), &[]) {
                    answer.expect(200, "committed");
                    acknowledged += 1;
                }
                (account, acknowledged)
            })
        })
        .collect();
    let mut compared = 0;
    for file in files.iter().cycle().take(6) {
        place.put(file);
        let answer = json(&change(&server, "").expect(200, r#""changed":true"#));
        compared += answer["compared"]["commands"].as_u64().unwrap();
    }
    assert!(compared > 0, "no command was compared");
    let next = running(&server);
    server.kill();
    let server = place.start(&[]);
    assert_eq!(running(&server), next);
    for client in clients {
        let (account, acknowledged) = client.join().unwrap();
        let record = json(&server.get(&format!("/records/Account?key={account}")));
        let balance = record["data"]["balance"].as_u64().unwrap();
        // The last request may have run without its answer.
        assert!((acknowledged..=acknowledged + 1).contains(&balance), "{acknowledged}, {record}");
        assert!(acknowledged > 0);
    }
    server.stop();
    assert_eq!(place.replay().divergences(), 0);
}

#[test]
fn a_disk_that_was_full_is_opened_again_with_the_build_that_ran_last() {
    let place = Place::new();
    let disk_folder = tempfile::tempdir().unwrap();
    let len = |path: PathBuf| fs::metadata(path).unwrap().len();
    let room = len(bank()) + len(other()) + (1 << 20);
    let Some(disk) = SmallDisk::mount(disk_folder.path(), room) else {
        eprintln!("skipped, because only root can mount a small file system");
        return;
    };
    let data = disk.path().join("data");
    let server = Server::with_plugin(&place.plugin(), &data, &["--segment-bytes", "65536"]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    let next = place.put(&other());
    change(&server, "").expect(200, r#""changed":true"#);
    let filler = disk.path().join("filler");
    fs::write(&filler, vec![1; 100_000]).unwrap();
    let mut client = server.client();
    while client.post(&deposit(1, 1), &[]).status == 200 {}
    server.get("/health").expect(503, "storage_full");
    change(&server, "").expect(507, "the medium of the data directory is full");

    fs::remove_file(&filler).unwrap();
    thread::sleep(Duration::from_millis(1100));
    server.post(&deposit(1, REJECTED)).expect(200, "1013 is no amount");
    assert_eq!(running(&server), next);
}
