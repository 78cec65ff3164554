//! Nodes and replicas are killed under load, one replica is cut off, one has a full disk, one joins
//! late, and two have other builds.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use super::{
    consumer,
    divergence::{other_build_of_the_same_logic, with_fields_of_another_schema},
    load::{self, connect, context},
    nodes::{Nodes, wait_for},
    process::{Server, bank},
    proxy::Proxy,
    replica::{assert_equal, place, start_with},
    small_disk::SmallDisk,
};

/// Checkpoints and segments come often.
const OPTIONS: [&str; 4] = ["--checkpoint-bytes", "200000", "--segment-bytes", "65536"];

#[test]
fn kills_partitions_full_disks_and_other_builds_leave_replicas_equal_and_results_complete() {
    let is_long = std::env::var_os("STATEVEC_LONG").is_some();
    let (commands, kills, pause) = if is_long {
        (100_000, 5, Duration::from_micros(1500))
    } else {
        (6000, 1, Duration::from_millis(3))
    };
    let Some(mut nodes) = Nodes::start(3) else { return };
    let url = nodes.url();
    super::replica::make_streams(&url, 3);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let context = runtime.block_on(async { context(connect(&url).await) });
    let dir = tempfile::tempdir().unwrap();
    let small = dir.path().join("small");
    fs::create_dir(&small).unwrap();
    let disk = SmallDisk::mount(&small, 256 << 20);
    if disk.is_none() {
        eprintln!("no disk gets full, because only root can mount a small file system");
    }

    // The third replica reaches the nodes through proxies.
    let proxies: Vec<_> = nodes.ports.iter().map(|port| Proxy::before(*port)).collect();
    let through: Vec<_> =
        proxies.iter().map(|proxy| format!("nats://127.0.0.1:{}", proxy.port)).collect();
    let copy = other_build_of_the_same_logic(dir.path());
    let replica = |name, url: &str, plugin, data| Replica::start(name, url, plugin, data);
    let in_dir = |name| dir.path().join(name);
    let mut replicas = vec![
        replica("a", &url, bank(), in_dir("a")),
        replica("b", &url, bank(), in_dir("b")),
        replica("c", &through.join(","), bank(), in_dir("c")),
        replica("copy", &url, copy, in_dir("copy")),
    ];
    if let Some(disk) = &disk {
        replicas.push(replica("full", &url, bank(), disk.path().join("data")));
    }
    let other = replica("other", &url, with_fields_of_another_schema(), in_dir("other"));
    let loading = {
        let context = context.clone();
        runtime.spawn(async move { load::publish(&context, 0..commands, pause).await })
    };

    let mut random = fastrand::Rng::with_seed(11);
    for round in 0..kills {
        let killed = random.usize(..3);
        nodes.kill_node(killed);
        thread::sleep(Duration::from_millis(random.u64(1000..3000)));
        nodes.start_node(killed);

        let killed = random.usize(..3);
        replicas[killed].kill();
        thread::sleep(Duration::from_millis(random.u64(0..1000)));
        replicas[killed].start_again();

        if round == kills / 2 {
            let filler = disk.as_ref().map(|disk| fill(disk.path()));
            proxies.iter().for_each(|proxy| proxy.cut(true));
            thread::sleep(Duration::from_secs(6));
            proxies.iter().for_each(|proxy| proxy.cut(false));
            if let Some(filler) = filler {
                let full = replicas.last().unwrap();
                let has_no_room = || full.server().get("/health").body.contains("storage_full");
                wait_for("the disk is full", has_no_room);
                fs::remove_file(filler).unwrap();
            }
            let began = Instant::now();
            replicas.push(replica("late", &url, bank(), in_dir("late")));
            let at = place(replicas[0].server()).0;
            wait_for("the late one is there", || place(replicas.last().unwrap().server()).0 >= at);
            println!("a replica with nothing was behind command {at} in {:.1?}", began.elapsed());
        }
        thread::sleep(Duration::from_millis(if is_long { 8000 } else { 1000 }));
    }
    let sequences = runtime.block_on(loading).unwrap();
    assert_eq!(sequences.len() as u64, commands);
    let last = *sequences.last().unwrap();
    let all: Vec<_> = replicas.iter().map(Replica::server).collect();
    let digest = assert_equal(&all, last);
    let number = all.len();
    println!("{commands} commands, {kills} kills of nodes and of replicas: {number} replicas have");
    println!("digest {digest} behind command {last}");
    let (status, log) = other.server.unwrap().wait();
    assert_eq!(status.code(), Some(5), "{log}");
    assert!(log.contains("is another build than theirs"), "{log}");

    let seen = runtime.block_on(consumer::read(&context, last));
    assert_eq!(seen.repeated, 0);
    for sequence in &sequences {
        assert!(
            seen.results.contains_key(sequence),
            "{sequence} was acknowledged and has no result"
        );
        assert_eq!(seen.events[sequence], 2, "each deposit has two events");
    }
    let stored = seen.results.len() as u64;
    println!("{stored} results; {commands} of them of acknowledged commands");
    for replica in replicas {
        let name = replica.name;
        let (status, log) = replica.server.unwrap().stop();
        assert!(status.success(), "{name}: {log}");
        if name == "full" {
            assert!(log.contains("the medium is full; commands are refused"), "{log}");
            assert!(log.contains("the medium has room again"), "{log}");
        }
    }
}

/// A replica that can be started again as it was.
struct Replica {
    name: &'static str,
    url: String,
    plugin: PathBuf,
    data: PathBuf,
    server: Option<Server>,
}

impl Replica {
    fn start(name: &'static str, url: &str, plugin: PathBuf, data: PathBuf) -> Self {
        let mut replica = Self { name, url: url.into(), plugin, data, server: None };
        replica.start_again();
        replica
    }

    fn start_again(&mut self) {
        let Self { name, url, plugin, data, .. } = self;
        self.server = Some(start_with(plugin, name, url, data, &OPTIONS));
    }

    fn kill(&mut self) {
        self.server.take().unwrap().kill();
    }

    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }
}

/// Takes all room of a file system, and returns the file that does.
fn fill(dir: &Path) -> PathBuf {
    let path = dir.join("filler");
    let mut file = File::create(&path).unwrap();
    while file.write_all(&[1; 4096]).is_ok() {}
    path
}
