//! Crashes: at every change of a scripted run, and at random in many runs.

use std::sync::{
    Once,
    atomic::{AtomicU64, Ordering},
};

use fastrand::Rng;
use statevec_host::{
    LoadedPlugin,
    storage::{Crash, Fault, SimulatedDisk},
};

use crate::{
    ledger::{Operation, ledger},
    life::{Step, World, random_step},
};

/// Crashes in the random runs; another number can be given.
const CRASHES: u64 = 50_000;
/// Environment variables: how many crashes, and the only seed to run.
const CRASHES_VARIABLE: &str = "STATEVEC_CRASHES";
const SEED_VARIABLE: &str = "STATEVEC_CRASH_SEED";
/// Crashes on one disk, one after another.
const LIVES: u64 = 8;

/// A run with several segments, checkpoints, rejections, panics, and a restart without a crash.
pub(crate) fn script() -> Vec<Step> {
    let store = |id, value| Step::Submit(Operation::Store { id, value });
    let mut steps = vec![
        store(1, 10),
        Step::Sync,
        store(2, 20),
        Step::Submit(Operation::Reject { id: 1 }),
        store(1, 11),
        Step::Sync,
        Step::Submit(Operation::Delete { id: 2 }),
        Step::Checkpoint,
        Step::Submit(Operation::Pass { id: 3 }),
        Step::Sync,
    ];
    for value in 0..8 {
        steps.extend([store(value % 3, value), Step::Sync]);
    }
    steps.extend([Step::Checkpoint, store(4, 1), Step::Reopen, store(5, 1), Step::Sync]);
    steps.extend([Step::Submit(Operation::Panic { id: 1 }), Step::Checkpoint, store(1, 2)]);
    steps
}

/// Runs steps until one fails; `None` if all went well.
pub(crate) fn run(world: &mut World, steps: &[Step]) -> Option<usize> {
    let Ok(mut engine) = world.open() else { return Some(0) };
    for (at, step) in steps.iter().enumerate() {
        match world.step(engine, *step) {
            Ok(next) => engine = next,
            Err(_) => return Some(at),
        }
    }
    None
}

/// A directory that was closed without a crash.
pub(crate) fn closed() -> World {
    quiet();
    let mut world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut steps = script();
    steps.push(Step::Reopen);
    assert_eq!(run(&mut world, &steps), None);
    world.disk.restart();
    world
}

/// The calls, and the changes among them, of a run without a fault.
pub(crate) fn count(plugin: &LoadedPlugin, steps: &[Step]) -> (u64, u64) {
    let mut world = World::new(plugin, SimulatedDisk::new(0));
    assert_eq!(run(&mut world, steps), None);
    (world.disk.calls(), world.disk.changes())
}

const FAULTS: [Fault; 4] =
    [Fault::Crash(Crash::Power), Fault::Crash(Crash::Kill), Fault::Io, Fault::Full];

#[test]
fn crash_at_every_change_of_a_run_and_again_after_recovery() {
    quiet();
    let plugin = ledger();
    let steps = script();
    let (_, changes) = count(&plugin, &steps);
    assert!(changes > 60, "{changes}");
    let mut crashes = 0;
    for first in 0..changes {
        for (fault, seed) in FAULTS.into_iter().zip(first * 100..) {
            // Every seventeenth change of what follows, beginning with a different one each time.
            for second in (first % 17..changes).step_by(17) {
                let mut world = World::new(&plugin, SimulatedDisk::new(seed + second));
                world.disk.fail_change(first, fault);
                let Some(at) = run(&mut world, &steps) else { break };
                crashes += 1;
                end_process(&world, &mut Rng::with_seed(seed));
                world.disk.fail_change(world.disk.changes() + second, fault);
                let is_over = run(&mut world, &steps[at..]).is_none();
                crashes += u64::from(!is_over);
                end_process(&world, &mut Rng::with_seed(seed));
                assert_eq!(
                    run(&mut world, &steps),
                    None,
                    "first {first}, second {second}, {fault:?}"
                );
                if is_over {
                    break;
                }
            }
        }
    }
    assert!(crashes > 1_000, "{crashes}");
}

#[test]
fn random_crashes_lose_nothing_and_raise_no_false_alarm() {
    quiet();
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = number(SEED_VARIABLE) {
        live(&ledger(), seed);
        return;
    }
    let wanted = number(CRASHES_VARIABLE).unwrap_or(CRASHES);
    let (next, crashes) = (AtomicU64::new(0), AtomicU64::new(0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let plugin = ledger();
                loop {
                    if crashes.load(Ordering::Relaxed) >= wanted {
                        return;
                    }
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let lived = std::panic::catch_unwind(|| live(&plugin, seed));
                    match lived {
                        Ok(seen) => crashes.fetch_add(seen, Ordering::Relaxed),
                        Err(panic) => {
                            eprintln!("{SEED_VARIABLE}={seed} shows this again");
                            std::panic::resume_unwind(panic)
                        }
                    };
                }
            });
        }
    });
    let (crashes, runs) = (crashes.into_inner(), next.into_inner());
    println!("{crashes} crashes in {runs} runs");
    // Few runs go on for so long that a fault comes too late.
    assert!(crashes >= runs * LIVES * 8 / 10, "only {crashes} crashes in {runs} runs");
}

#[test]
fn crashes_beside_the_threads_of_syncs_and_checkpoints_lose_nothing() {
    quiet();
    let plugin = ledger();
    for seed in 0..100 {
        let mut random = Rng::with_seed(seed);
        let mut world = World::new(&plugin, SimulatedDisk::new(seed))
            .with_checkpoints_every(2048)
            .with_frames_in_flight(random.usize(1..=4))
            .in_background();
        for _ in 0..LIVES {
            let fault = FAULTS[random.usize(..FAULTS.len())];
            world.disk.fail_change(world.disk.changes() + random.u64(..40), fault);
            live_once(&mut world, &mut random);
            end_process(&world, &mut random);
        }
        drop(world.open().unwrap());
        world.assert_whole();
    }
}

/// Lets an engine crash again and again on one disk; returns how often it did.
fn live(plugin: &LoadedPlugin, seed: u64) -> u64 {
    let mut random = Rng::with_seed(seed);
    let disk = SimulatedDisk::new(seed);
    disk.set_short(random.bool());
    let mut world = World::new(plugin, disk).with_frames_in_flight(random.usize(1..=4));
    if random.u8(..4) == 0 {
        world = world.keeping(random.u64(..20));
    }
    if random.u8(..4) == 0 {
        world = world.with_checkpoints_every(random.u64(..4096));
    }
    let mut crashes = 0;
    for _ in 0..LIVES {
        let fault = FAULTS[random.usize(..FAULTS.len())];
        world.disk.fail_change(world.disk.changes() + random.u64(..40), fault);
        crashes += u64::from(!live_once(&mut world, &mut random));
        end_process(&world, &mut random);
    }
    // Two last starts without any fault: the second finds nothing to cut off any more.
    drop(world.open().unwrap());
    world.assert_whole();
    let mut engine = world.open().unwrap();
    assert_eq!((&engine.opened().torn, &engine.opened().unfinished), (&None, &None));
    let last = world.last_acknowledged();
    for _ in 0..last.min(3) {
        world.submit_again(&mut engine, random.u64(1..=last)).unwrap();
    }
    crashes
}

/// `false` if it came to the fault.
fn live_once(world: &mut World, random: &mut Rng) -> bool {
    let Ok(mut engine) = world.open() else { return world.disk.last_failed().is_none() };
    for _ in 0..60 {
        match world.step(engine, random_step(random)) {
            Ok(next) => engine = next,
            Err(_) => return false,
        }
    }
    true
}

/// After a fault the process ends, and sometimes the machine with it.
pub(crate) fn end_process(world: &World, random: &mut Rng) {
    world.disk.clear_faults();
    if !world.disk.is_down() {
        let crash = if random.bool() { Crash::Power } else { Crash::Kill };
        world.disk.crash(crash);
    }
    world.disk.restart();
}

/// Silences the panic hook, because panics of the plugin are part of the runs.
pub(crate) fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_planned = panic
                .payload_as_str()
                .is_some_and(|text| text.ends_with("panics") || text.contains("this build panics"));
            if !is_planned {
                report(panic);
            }
        }));
    });
}
