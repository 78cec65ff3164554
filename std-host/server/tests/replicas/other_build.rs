//! Replicas that take another build of the plugin.

use std::{fs, path::Path, process::ExitStatus, sync::Arc, time::Duration};

use serde_json::Value;
use statevec_bank_other::REJECTED;
use statevec_host::{
    LoadedPlugin,
    durable::{DataDirectory, MigrateOptions, migrate},
    evolution::MigrationChoices,
    storage::FileSystem,
};

use super::{
    load::{self, connect, context},
    nodes::{Nodes, wait_for},
    process::{Server, bank, deposit, library},
    replica::{assert_equal, describe, make_streams, start_with},
};

/// Starts a replica whose plugin's file lies in its own folder.
fn start(name: &str, url: &str, folder: &Path) -> Server {
    fs::create_dir(folder).unwrap();
    fs::copy(bank(), folder.join("bank.so")).unwrap();
    start_with(&folder.join("bank.so"), name, url, &folder.join("data"), &[])
}

/// Exchanges the file of a replica, and tells it to take the new one.
fn change(replica: &Server, folder: &Path, query: &str) -> Value {
    fs::copy(library("statevec_bank_other"), folder.join("new.so")).unwrap();
    fs::rename(folder.join("new.so"), folder.join("bank.so")).unwrap();
    let path = format!("/plugin{query}");
    let answer = replica.client().request("POST", &path, &[], b"").unwrap();
    serde_json::from_str(&answer.expect(200, r#""changed":true"#).body).unwrap()
}

#[test]
fn replicas_with_different_builds_agree_as_long_as_the_results_are_the_same() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let (a_folder, b_folder) = (dir.path().join("a"), dir.path().join("b"));
    let (a, b) = (start("a", &url, &a_folder), start("b", &url, &b_folder));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let last = runtime.block_on(async {
        let context = context(connect(&url).await);
        let sent = tokio::spawn(async move {
            // The amounts are below the one that the other build rejects.
            load::publish(&context, 0..600, Duration::from_millis(5)).await.pop().unwrap()
        });
        for (replica, folder) in [(&a, &a_folder), (&b, &b_folder)] {
            tokio::task::block_in_place(|| change(replica, folder, ""));
            a.get("/health").expect(200, "ok");
            b.get("/health").expect(200, "ok");
        }
        sent.await.unwrap()
    });
    assert_equal(&[&a, &b], last);
    let other = |replica: &Server| describe(replica)["others"][0]["plugin_sha256"].clone();
    wait_for("the replicas tell each other their builds", || {
        !other(&a).is_null() && other(&a) == other(&b)
    });
    a.get("/metrics").expect(200, "statevec_digests_agree 1\n");

    // The rule for a build that gives other results: all are at one command when they take it.
    a.post(&deposit(1, REJECTED)).expect(200, "1013 is no amount");
    assert_equal(&[&a, &b], last + 1);
}

#[test]
fn a_replica_that_takes_other_results_alone_stops_with_its_own_exit_code() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let folders = ["a", "b", "c"].map(|name| dir.path().join(name));
    let [a, b, c] = ["a", "b", "c"].map(|name| start(name, &url, &dir.path().join(name)));
    a.post(&deposit(1, REJECTED)).expect(200, "committed");
    assert_equal(&[&a, &b, &c], 1);
    let refused = {
        fs::copy(library("statevec_bank_other"), folders[2].join("bank.so.new")).unwrap();
        fs::rename(folders[2].join("bank.so.new"), folders[2].join("bank.so")).unwrap();
        c.client().request("POST", "/plugin", &[], b"").unwrap()
    };
    refused.expect(409, "1013 is no amount");
    change(&c, &folders[2], "?compare_entries=0");
    a.post(&deposit(1, REJECTED)).expect(200, "committed");
    let (status, log): (ExitStatus, String) = c.wait();
    assert_eq!(status.code(), Some(5), "{log}");
    assert!(log.contains("state differs from that of a, b behind ext_seq"), "{log}");
    assert_equal(&[&a, &b], 2);
}

#[test]
fn replicas_that_were_all_migrated_at_one_command_go_on_together() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let folders = ["a", "b"].map(|name| dir.path().join(name));
    let [a, b] = ["a", "b"].map(|name| start(name, &url, &dir.path().join(name)));
    for amount in 1..=20 {
        a.post(&deposit(1, amount)).expect(200, "committed");
    }
    assert_equal(&[&a, &b], 20);
    for replica in [a, b] {
        let (status, log) = replica.stop();
        assert!(status.success(), "{log}");
    }
    let next = library("statevec_bank_next");
    // SAFETY: the library is the later build of the bank, which keeps the contract (rule 6).
    let plugin = unsafe { LoadedPlugin::open(&next) }.unwrap();
    let choices = MigrationChoices {
        defaults: [("Account.limit".to_owned(), "500000".to_owned())].into(),
        drops: ["Account.changed_at_us".to_owned()].into(),
    };
    let digests = folders.each_ref().map(|folder| {
        let directory = DataDirectory::new(Arc::new(FileSystem), folder.join("data"));
        let options = MigrateOptions { choices: choices.clone(), ..MigrateOptions::default() };
        migrate(&directory, &plugin, &options).unwrap().position.digest
    });
    assert_eq!(digests[0], digests[1]);
    let [a, b] = ["a", "b"]
        .map(|name| start_with(&next, name, &url, &dir.path().join(name).join("data"), &[]));
    b.post(&deposit(1, 500_001)).expect(200, "is above the limit of 500000");
    b.post(&deposit(1, 7)).expect(200, "committed");
    assert_equal(&[&a, &b], 22);
    wait_for("the results are published", || {
        [&a, &b].iter().any(|replica| describe(replica)["published_ext_seq"] == 22)
    });
}
