//! The medium of the data directory has no more room.

use std::{fs, thread, time::Duration};

use super::{
    process::{Server, bank, deposit},
    small_disk::SmallDisk,
};

#[test]
fn commands_are_refused_while_the_disk_is_full_and_run_again_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    // The directory holds a copy of the plugin.
    let plugin = fs::metadata(bank()).unwrap().len();
    let Some(disk) = SmallDisk::mount(dir.path(), plugin + (1 << 20)) else {
        eprintln!("skipped, because only root can mount a small file system");
        return;
    };
    let data = disk.path().join("data");
    let server = Server::start(&data, &["--segment-bytes", "65536"]);
    let filler = disk.path().join("filler");
    fs::write(&filler, vec![1; 100_000]).unwrap();
    let mut client = server.client();
    let mut acknowledged = 0_u64;
    let refused = loop {
        let answer = client.post(&deposit(1, 1), &[]);
        if answer.status != 200 {
            break answer;
        }
        acknowledged += 1;
        assert!(acknowledged < 100_000, "the disk never gets full");
    };
    let refused = refused.expect(507, "the medium of the data directory is full");
    assert!(refused.header("retry-after").is_some());
    server.get("/health").expect(503, "storage_full");
    server.post(&deposit(1, 1)).expect(507, "send them again");

    fs::remove_file(&filler).unwrap();
    thread::sleep(Duration::from_millis(1100));
    server.post(&deposit(2, 1)).expect(200, "committed");
    server.get("/health").expect(200, "ok");
    let balance = balance(&server);
    assert!((acknowledged..=acknowledged + 1).contains(&balance), "{balance} of {acknowledged}");
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
    assert!(log.contains("the medium has room again"), "{log}");

    let server = Server::start(&data, &["--segment-bytes", "65536"]);
    assert_eq!(self::balance(&server), balance);
}

#[test]
fn requests_with_keys_run_once_when_the_disk_was_full_in_between() {
    let dir = tempfile::tempdir().unwrap();
    let plugin = fs::metadata(bank()).unwrap().len();
    let Some(disk) = SmallDisk::mount(dir.path(), plugin + (1 << 20)) else {
        eprintln!("skipped, because only root can mount a small file system");
        return;
    };
    // The segment has room for all commands: it is the journal of keys that gets none.
    let server = Server::start(&disk.path().join("data"), &["--segment-bytes", "600000"]);
    let filler = disk.path().join("filler");
    // As much as there is room for, which ends with an error.
    let _full = fs::write(&filler, vec![1; 1 << 20]);
    let mut client = server.client();
    let mut sent = 0_u64;
    loop {
        let key = format!("key-{sent}");
        let answer = client.post(&deposit(1, 1), &[("idempotency-key", &key)]);
        if answer.status != 200 {
            answer.expect(507, "the medium of the data directory is full");
            break;
        }
        sent += 1;
        assert!(sent < 1000, "the journal of keys never gets full");
    }
    fs::remove_file(&filler).unwrap();
    thread::sleep(Duration::from_millis(1100));
    for number in 0..=sent {
        let key = format!("key-{number}");
        client.post(&deposit(1, 1), &[("idempotency-key", &key)]).expect(200, "");
    }
    assert_eq!(balance(&server), sent + 1);
}

fn balance(server: &Server) -> u64 {
    let record = server.get("/records/Account?key=1").expect(200, "").body;
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    record["data"]["balance"].as_u64().unwrap()
}
