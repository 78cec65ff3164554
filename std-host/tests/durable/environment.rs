//! Changes of the plugin file, the configuration or the limits: the log has the entry from which on
//! they hold.

use statevec_abi::txlog::Entry;
use statevec_host::{
    durable::{DurableEngine, DurableOptions},
    replay::{ReplayOptions, Replayer},
    storage::SimulatedDisk,
    store::StoreLimits,
    txlog::{LogError, LogWalk},
};

use crate::{
    ledger::{Operation, ledger},
    life::{Step, World},
};

fn open(world: &World, config: &str, records: u32) -> DurableEngine {
    let options = DurableOptions {
        config: config.into(),
        limits: StoreLimits { records_per_kind: records, ..StoreLimits::default() },
        ..world.options()
    };
    DurableEngine::open(&world.directory, &ledger(), options).unwrap()
}

fn submit(engine: &mut DurableEngine, id: u64) {
    let (kind, payload) = Operation::Store { id, value: 1 }.encode();
    let ext_seq = engine.position().ext_seq.map_or(1, |last| last + 1);
    let command = statevec_abi::boundary::RuntimeCommandRef::new(kind, ext_seq, 0, &payload);
    engine.submit(&command).unwrap();
}

#[test]
fn change_of_configuration_or_limits_is_an_entry_of_its_own() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut engine = open(&world, "a", 100);
    assert!(engine.opened().is_new && engine.opened().environment_changes.is_empty());
    submit(&mut engine, 1);
    engine.close().unwrap();

    let engine = open(&world, "a", 100);
    assert_eq!(engine.opened().environment_changes, [""; 0]);
    assert_eq!(engine.close().unwrap().entry, 1);

    let mut engine = open(&world, "b", 2);
    assert_eq!(engine.opened().environment_changes, ["configuration", "limits"]);
    assert_eq!((engine.durable(), engine.position().entry), (2, 2));
    // The third record is refused from now on, and many frames make new segments.
    for id in 0..40 {
        submit(&mut engine, id);
        engine.sync().unwrap();
    }
    assert_eq!(engine.engine().store().len(1), 2);
    engine.close().unwrap();
    let engine = open(&world, "b", 2);
    assert_eq!(engine.opened().environment_changes, [""; 0]);
    assert_eq!(engine.position().entry, 42);
    engine.close().unwrap();

    let storage = world.directory.storage();
    let mut walk = LogWalk::open(storage.clone(), &world.directory.log(), 1).unwrap();
    let mut seen = vec![walk.header().config.clone()];
    walk.for_each(|walked| {
        if let Entry::Environment(entry) = walked.entry {
            assert_eq!((entry.number, entry.environment.limits.records_per_kind), (2, 2));
            seen.push(entry.environment.config.into());
        }
        Ok::<_, LogError>(())
    })
    .unwrap();
    assert_eq!(seen, ["a", "b"]);
    // The replay uses the limits that the plugin had.
    let options = ReplayOptions::default();
    let mut replayer = Replayer::of_directory(&world.directory, Some(&ledger()), options).unwrap();
    while replayer.step(|_, _| {}).unwrap() {}
    assert_eq!((replayer.summary().ran, replayer.summary().divergences()), (41, 0));
    assert_eq!(replayer.header().config, "b");
}

#[test]
fn checkpoint_behind_a_change_of_environment_is_enough() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut engine = open(&world, "a", 100);
    submit(&mut engine, 1);
    engine.close().unwrap();
    let mut engine = open(&world, "b", 100);
    submit(&mut engine, 2);
    let made = engine.checkpoint().unwrap().unwrap();
    assert_eq!(made.entry, 3);
    engine.close().unwrap();
    let engine = open(&world, "b", 100);
    assert_eq!(engine.opened().environment_changes, [""; 0]);
    assert_eq!((engine.opened().applied, engine.position().entry), (0, 3));
    engine.close().unwrap();
    // The checkpoint's environment holds for the commands that a replay runs behind it.
    let mut engine = open(&world, "b", 100);
    submit(&mut engine, 3);
    engine.close().unwrap();
    let options = ReplayOptions { from: 4, ..ReplayOptions::default() };
    let mut replayer = Replayer::of_directory(&world.directory, Some(&ledger()), options).unwrap();
    while replayer.step(|_, _| {}).unwrap() {}
    assert_eq!((replayer.summary().ran, replayer.header().config.as_str()), (1, "b"));
}

#[test]
fn retention_keeps_the_last_segment_and_what_two_checkpoints_do_not_cover() {
    let mut world = World::new(&ledger(), SimulatedDisk::new(1)).keeping(0);
    let mut engine = world.open().unwrap();
    let segments = |world: &World| {
        let files = world.disk.files();
        files.iter().filter(|path| path.extension().is_some_and(|e| e == "txlog")).count()
    };
    for value in 0..30 {
        let submit = Step::Submit(Operation::Store { id: value, value });
        engine = world.step(engine, submit).unwrap();
        engine = world.step(engine, Step::Sync).unwrap();
    }
    let all = segments(&world);
    assert!(all > 4, "{all}");
    let removed = engine.checkpoint().unwrap().unwrap().removed;
    assert!(segments(&world) < all, "several checkpoints were made, because memory is short");
    assert!(!removed.is_empty());
    for value in 0..2 {
        engine = world.step(engine, Step::Submit(Operation::Store { id: 1, value })).unwrap();
        engine = world.step(engine, Step::Checkpoint).unwrap();
    }
    assert!(segments(&world) <= 2);
    engine.close().unwrap();
    world.disk.restart();
    let mut engine = world.open().unwrap();
    world.submit_again(&mut engine, 1).unwrap();
    world.submit_again(&mut engine, 32).unwrap();
}

#[test]
fn replay_that_applies_a_change_of_environment_goes_on_with_its_records() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    for (id, config) in [(1, "a"), (2, "b"), (3, "c")] {
        let mut engine = open(&world, config, 100);
        submit(&mut engine, id);
        engine.close().unwrap();
    }
    let plugin = ledger();
    let replay = |plugin: Option<_>, from| {
        let options = ReplayOptions { from, ..ReplayOptions::default() };
        let mut replayer = Replayer::of_directory(&world.directory, plugin, options).unwrap();
        while replayer.step(|_, _| {}).unwrap() {}
        let digest = replayer.store().map(|store| store.digest());
        assert_eq!(digest, Some(replayer.position().digest), "from {from}");
        (replayer.summary().ran, replayer.summary().divergences())
    };
    assert_eq!(replay(None, 1), (0, 0));
    for (from, ran) in [(1, 3), (2, 2), (3, 2), (4, 1), (5, 1)] {
        assert_eq!(replay(Some(&plugin), from), (ran, 0), "from {from}");
    }
}
