//! Nodes and replicas are killed under load, one replica is cut off, and one joins late.

use std::{thread, time::Duration};

use super::{
    consumer,
    load::{self, connect, context},
    nodes::Nodes,
    proxy::Proxy,
    replica::{assert_equal, make_streams, place, start},
};

#[test]
fn kills_partitions_and_late_joins_leave_replicas_equal_and_results_complete() {
    let is_long = std::env::var_os("STATEVEC_LONG").is_some();
    let (commands, kills, pause) = if is_long {
        (100_000, 5, Duration::from_micros(1500))
    } else {
        (6000, 1, Duration::from_millis(3))
    };
    let Some(mut nodes) = Nodes::start(3) else { return };
    let url = nodes.url();
    make_streams(&url, 3);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let context = runtime.block_on(async { context(connect(&url).await) });
    let dir = tempfile::tempdir().unwrap();
    let data = |name: &str| dir.path().join(name);
    let options = ["--checkpoint-bytes", "200000", "--segment-bytes", "65536"];
    let begin = |name: &str, url: &str| start(name, url, &data(name), &options);

    // The third replica reaches the nodes through proxies.
    let proxies: Vec<_> = nodes.ports.iter().map(|port| Proxy::before(*port)).collect();
    let through: Vec<_> =
        proxies.iter().map(|proxy| format!("nats://127.0.0.1:{}", proxy.port)).collect();
    let through = through.join(",");
    let mut replicas = vec![begin("a", &url), begin("b", &url), begin("c", &through)];
    let loading = {
        let context = context.clone();
        runtime.spawn(async move { load::publish(&context, 0..commands, pause).await })
    };

    let mut random = fastrand::Rng::with_seed(11);
    let mut late = None;
    for round in 0..kills {
        let killed = random.usize(..3);
        nodes.kill_node(killed);
        thread::sleep(Duration::from_millis(random.u64(1000..3000)));
        nodes.start_node(killed);

        let killed = random.usize(..2);
        replicas.swap_remove(killed).kill();
        thread::sleep(Duration::from_millis(random.u64(0..1000)));
        let name = if killed == 0 { "a" } else { "b" };
        replicas.push(begin(name, &url));
        // The order of the list is that of the names again.
        let last = replicas.len() - 1;
        replicas.swap(killed, last);

        if round == kills / 2 {
            proxies.iter().for_each(|proxy| proxy.cut(true));
            thread::sleep(Duration::from_secs(6));
            proxies.iter().for_each(|proxy| proxy.cut(false));
            late = Some(begin("late", &url));
        }
        thread::sleep(Duration::from_millis(if is_long { 8000 } else { 1000 }));
    }
    let sequences = runtime.block_on(loading).unwrap();
    assert_eq!(sequences.len() as u64, commands);
    let last = *sequences.last().unwrap();
    replicas.push(late.unwrap());
    let all: Vec<_> = replicas.iter().collect();
    let digest = assert_equal(&all, last);
    println!(
        "{commands} commands, {kills} kills each: all replicas have digest {digest} at {last}"
    );

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
    assert!(place(&replicas[0]).0 == last);
    for replica in replicas {
        let (status, log) = replica.stop();
        assert!(status.success(), "{log}");
    }
}
