//! The disk of one replica is full.

use std::{fs, time::Duration};

use super::{
    load::{self, connect, context},
    nodes::{Nodes, wait_for},
    process::bank,
    replica::{assert_equal, make_streams, start},
    small_disk::SmallDisk,
};

#[test]
fn a_replica_whose_disk_is_full_goes_on_when_there_is_room() {
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
    let healthy = start("healthy", &url, &dir.path().join("healthy"), &options);
    let full = start("full", &url, &disk.path().join("data"), &options);
    let filler = disk.path().join("filler");
    fs::write(&filler, vec![1; 700_000]).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let last = runtime.block_on(async {
        let context = context(connect(&url).await);
        load::publish(&context, 0..3000, Duration::ZERO).await.pop().unwrap()
    });
    assert_equal(&[&healthy], last);
    wait_for("the disk is full", || full.get("/health").body.contains("storage_full"));
    fs::remove_file(&filler).unwrap();
    assert_equal(&[&healthy, &full], last);
    full.get("/health").expect(200, "ok");
}
