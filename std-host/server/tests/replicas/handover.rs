//! The lease passes from one replica to another.

use std::{
    fs,
    time::{Duration, Instant},
};

use super::{
    consumer,
    load::{self, connect, context},
    nodes::{Nodes, wait_for},
    process::bank,
    replica::{assert_equal, describe, make_streams, start},
    small_disk::SmallDisk,
};

#[test]
fn a_publisher_that_stops_in_order_is_followed_before_its_lease_would_end() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let first = start("first", &url, &dir.path().join("first"), &[]);
    wait_for("it publishes", || describe(&first)["is_publisher"] == true);
    let second = start("second", &url, &dir.path().join("second"), &[]);
    wait_for("the other one follows", || describe(&second)["lease_holder"] == "first");
    let (status, log) = first.stop();
    let began = Instant::now();
    assert!(status.success(), "{log}");
    assert!(log.contains("gave the lease back"), "{log}");
    wait_for("the other one publishes", || describe(&second)["is_publisher"] == true);
    let time = began.elapsed();
    assert!(time < Duration::from_secs(2), "{time:?}: {}", second.log());
    println!("results go on {time:.1?} after a publisher stopped in order");
}

#[test]
fn a_publisher_whose_disk_is_full_leaves_publishing_to_another_one_until_there_is_room() {
    let Some(nodes) = Nodes::start(1) else { return };
    let dir = tempfile::tempdir().unwrap();
    let small = dir.path().join("small");
    fs::create_dir(&small).unwrap();
    let bytes = fs::metadata(bank()).unwrap().len() + (1 << 20);
    let Some(disk) = SmallDisk::mount(&small, bytes) else {
        eprintln!("skipped, because only root can mount a small file system");
        return;
    };
    let url = nodes.url();
    make_streams(&url, 1);
    let options = ["--segment-bytes", "65536"];
    let full = start("full", &url, &disk.path().join("data"), &options);
    wait_for("it publishes", || describe(&full)["is_publisher"] == true);
    let healthy = start("healthy", &url, &dir.path().join("healthy"), &options);
    let filler = disk.path().join("filler");
    fs::write(&filler, vec![1; 700_000]).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let context = runtime.block_on(async { context(connect(&url).await) });
    let last = *runtime.block_on(load::publish(&context, 0..3000, Duration::ZERO)).last().unwrap();
    assert_equal(&[&healthy], last);
    wait_for("the disk is full", || full.get("/health").body.contains("storage_full"));
    wait_for("the other one publishes", || describe(&healthy)["is_publisher"] == true);
    let seen = runtime.block_on(consumer::read(&context, last));
    assert_eq!(seen.results.len() as u64, last);
    fs::remove_file(&filler).unwrap();
    assert_equal(&[&healthy, &full], last);
    full.get("/health").expect(200, "ok");
    assert!(full.log().contains("gave the lease back"), "{}", full.log());
}
