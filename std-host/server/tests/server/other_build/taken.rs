//! Builds that are taken.

use std::{fs, path::PathBuf, thread, time::Duration};

use rustix::process::Signal;
use statevec_bank_other::REJECTED;

use super::{Place, change, json, other, refused, running, sha256, wait_for};
use crate::{
    process::{Server, bank, deposit},
    small_disk::SmallDisk,
};

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

#[test]
fn commands_under_load_go_on_and_lose_nothing_while_builds_change() {
    let place = Place::new();
    let server = place.start(&["--segment-bytes", "100000", "--checkpoint-bytes", "200000"]);
    let files = [other(), bank()];
    let clients = server.clients_that_deposit(4);
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
