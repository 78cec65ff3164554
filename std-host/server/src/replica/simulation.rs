//! Replicas, streams and network under one seeded scheduler: no threads, simulated time, network
//! and disks, and the real engine, log and decisions.

mod cluster;
mod fake_source;
mod node;
mod oracle;
mod run;
mod schedule;

use std::time::{Duration, Instant};

use super::LeaseTimes;

/// Environment variables: how many seeds, and the only seed to run.
const SEEDS_VARIABLE: &str = "STATEVEC_REPLICA_SEEDS";
const SEED_VARIABLE: &str = "STATEVEC_REPLICA_SEED";

/// Seeds of a quick run. `.ci/run` runs 100,000 of them, optimized.
const SEEDS: u64 = 300;

#[test]
fn no_crash_delay_loss_or_partition_changes_what_replicas_and_consumers_see() {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = number(SEED_VARIABLE) {
        println!("seed {seed}: {:?}", run::run(seed));
        return;
    }
    let began = Instant::now();
    let seeds = number(SEEDS_VARIABLE).unwrap_or(SEEDS);
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let totals: Vec<run::Totals> = std::thread::scope(|scope| {
        let of_thread = |first| {
            let mut totals = run::Totals::default();
            for seed in (first..seeds).step_by(threads as usize) {
                let found = std::panic::catch_unwind(|| run::run(seed));
                totals += found.unwrap_or_else(|_| {
                    panic!("seed {seed} fails; {SEED_VARIABLE}={seed} reproduces it")
                });
            }
            totals
        };
        let started: Vec<_> =
            (0..threads).map(|first| scope.spawn(move || of_thread(first))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut all = run::Totals::default();
    totals.into_iter().for_each(|totals| all += totals);
    println!("{seeds} seeds in {:.1?}: {all:?}", began.elapsed());
    // A run in which nothing goes wrong shows nothing.
    let run::Totals { crashes, partitions, lost, repeated, divergences, joins, .. } = all;
    for (what, number) in [
        ("crashes", crashes),
        ("partitions", partitions),
        ("lost messages", lost),
        ("repeated messages", repeated),
        ("take-overs", all.take_overs),
        ("stops in order", all.stops),
        ("leases that were given back and taken at once", all.handovers),
        ("divergences", divergences),
        ("joins with a checkpoint", joins),
    ] {
        assert!(number > seeds / 100, "only {number} {what}");
    }
}

#[test]
fn a_holder_that_stops_in_order_is_followed_at_once_and_a_killed_one_after_its_lease() {
    for seed in 0..50 {
        // The message, a read and a write take up to 30 ms each way.
        let in_order = run::handover(seed, true);
        assert!(in_order <= Duration::from_millis(250), "seed {seed}: {in_order:?}");
        let killed = run::handover(seed, false);
        let LeaseTimes { valid, .. } = LeaseTimes::default();
        assert!(killed > valid / 2 && killed < valid + valid / 2, "seed {seed}: {killed:?}");
    }
}

#[test]
fn a_seed_gives_the_same_run_again() {
    for seed in 0..20 {
        assert_eq!(run::run(seed), run::run(seed), "seed {seed}");
    }
}
