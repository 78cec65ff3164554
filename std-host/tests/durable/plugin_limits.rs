//! The limits of a plugin determine outcomes, so the log holds them.

use statevec_abi::{
    boundary::RuntimeCommandRef,
    layers::{KindSet, Limits},
    txlog::{Entry, EntryOutcome},
};
use statevec_host::{
    LoadedPlugin,
    durable::{DurableEngine, Submitted},
    replay::{ReplayOptions, Replayer},
    storage::SimulatedDisk,
    txlog::{LogError, LogWalk},
};

use crate::{
    ledger::{Operation, ledger},
    life::World,
};

const NO_DELETES: Limits = Limits { delete: KindSet::NONE, ..Limits::NONE };

fn open(world: &World, limits: Limits) -> DurableEngine {
    let plugin = ledger().with_limits(limits);
    DurableEngine::open(&world.directory, &plugin, world.options()).unwrap()
}

/// Runs a command; returns the text of its rejection.
fn submit(engine: &mut DurableEngine, operation: Operation) -> Option<String> {
    let (kind, payload) = operation.encode();
    let ext_seq = engine.position().ext_seq.map_or(1, |last| last + 1);
    let command = RuntimeCommandRef::new(kind, ext_seq, 0, &payload);
    let Submitted::Ran(logged) = engine.submit(&command).unwrap() else { panic!("a duplicate") };
    match logged.entry().outcome {
        EntryOutcome::Committed { .. } => None,
        EntryOutcome::Rejected(failure) => Some(failure.text.to_string()),
        EntryOutcome::Failed(failure) => panic!("{failure:?}"),
    }
}

#[test]
fn replay_enforces_the_limits_of_each_entry() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut engine = open(&world, Limits::NONE);
    for id in 1..4 {
        assert_eq!(submit(&mut engine, Operation::Store { id, value: 1 }), None);
    }
    assert_eq!(submit(&mut engine, Operation::Delete { id: 1 }), None);
    engine.close().unwrap();

    let mut engine = open(&world, NO_DELETES);
    assert_eq!(engine.opened().environment_changes, ["limits of the plugin"]);
    let text = "limit delete: the plugin may not delete records of kind 1";
    assert_eq!(submit(&mut engine, Operation::Delete { id: 2 }).as_deref(), Some(text));
    assert_eq!(engine.engine().store().len(1), 2);
    assert_eq!(engine.engine().environment().plugin_limits, NO_DELETES);
    engine.close().unwrap();
    let engine = open(&world, NO_DELETES);
    assert_eq!(engine.opened().environment_changes, [""; 0]);
    engine.close().unwrap();

    let mut engine = open(&world, Limits::NONE);
    assert_eq!(engine.opened().environment_changes, ["limits of the plugin"]);
    assert_eq!(submit(&mut engine, Operation::Delete { id: 2 }), None);
    // Many frames make new segments, whose headers hold the environment.
    for id in 10..40 {
        assert_eq!(submit(&mut engine, Operation::Store { id, value: 1 }), None);
        engine.sync().unwrap();
    }
    let image = engine.engine().store().image();
    engine.close().unwrap();

    assert_eq!(logged(&world), [(0, Limits::NONE), (5, NO_DELETES), (7, Limits::NONE)]);
    // The limits of the log hold, and not those that the replaying program gives to the plugin.
    for limits in [Limits::NONE, NO_DELETES, Limits { host_calls: 0, ..Limits::NONE }] {
        let plugin = ledger().with_limits(limits);
        assert_eq!(replayed(&world, &plugin), (36, 0, image.clone()), "{limits:?}");
    }
}

/// The limits in the log, with the numbers of their entries.
fn logged(world: &World) -> Vec<(u64, Limits)> {
    let storage = world.directory.storage();
    let mut walk = LogWalk::open(storage.clone(), &world.directory.log(), 1).unwrap();
    let mut seen = vec![(0, walk.header().plugin_limits)];
    walk.for_each(|walked| {
        if let Entry::Environment(entry) = walked.entry {
            seen.push((entry.number, entry.environment.plugin_limits));
        }
        Ok::<_, LogError>(())
    })
    .unwrap();
    seen
}

/// Commands that ran, divergences, and the records at the end.
fn replayed(world: &World, plugin: &LoadedPlugin) -> (u64, u64, Vec<u8>) {
    let options = ReplayOptions::default();
    let mut replayer = Replayer::of_directory(&world.directory, Some(plugin), options).unwrap();
    while replayer.step(|_, _| {}).unwrap() {}
    let summary = replayer.summary();
    (summary.ran, summary.divergences(), replayer.store().unwrap().image())
}

#[test]
fn log_without_limits_has_the_bytes_that_it_had_before_there_were_any() {
    let header = statevec_host::txlog::LogHeader::of_plugin(
        &ledger(),
        "a=1",
        statevec_host::StoreLimits::default(),
    );
    let segment = header.segment(&Default::default(), 0);
    // 132 fixed bytes, name, environment with its fixed 44 bytes and the configuration, CRC.
    assert_eq!(segment.encoded_len(), 132 + 4 + header.plugin.len() + 44 + 4 + 3 + 4);
}
