//! Duplicates, gaps, failures, and commands that ended their process.

use std::collections::BTreeMap;

use statevec_abi::{boundary::RuntimeCommandRef, txlog::EntryOutcome};
use statevec_host::{
    durable::{DurableEngine, DurableError, OnFailure, Submitted},
    storage::{Crash, SimulatedDisk},
    txlog::{DirectoryLock, RunningCommand},
};

use crate::{
    crash::quiet,
    ledger::{Operation, ledger},
    life::World,
};

fn submit(
    engine: &mut DurableEngine,
    ext_seq: u64,
    operation: Operation,
) -> Result<Option<(u64, bool)>, DurableError> {
    let (kind, payload) = operation.encode();
    Ok(match engine.submit(&RuntimeCommandRef::new(kind, ext_seq, 5, &payload))? {
        Submitted::Ran(logged) => Some((logged.number(), true)),
        Submitted::Duplicate { original } => original.map(|logged| (logged.number(), false)),
    })
}

const STORE: Operation = Operation::Store { id: 1, value: 2 };
const PANIC: Operation = Operation::Panic { id: 9 };

#[test]
fn command_at_or_below_the_last_is_answered_with_its_entry() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
    for ext_seq in [0, 10, 20, 30] {
        assert!(submit(&mut engine, ext_seq, STORE).unwrap().unwrap().1);
    }
    // Nothing was synced yet, but the entry that is returned must be durable.
    assert_eq!(engine.durable(), 0);
    assert_eq!(submit(&mut engine, 20, STORE).unwrap(), Some((3, false)));
    assert_eq!(engine.durable(), 4);
    assert_eq!(submit(&mut engine, 0, STORE).unwrap(), Some((1, false)));
    assert_eq!(submit(&mut engine, 15, STORE).unwrap(), None, "no command had this number");
    assert_eq!(submit(&mut engine, 40, STORE).unwrap(), Some((5, true)));
    assert_eq!(submit(&mut engine, 40, STORE).unwrap(), Some((5, false)));
    // The recorded entry is returned, although the payload differs now.
    let answer = engine.submit(&RuntimeCommandRef::new(5, 30, 0, b"other")).unwrap();
    let original = answer.logged().unwrap().entry();
    assert_eq!((original.command_kind, original.payload), (1, &STORE.encode().1[..]));
    assert_eq!(original.outcome, EntryOutcome::Committed { tx_seq: 4 });
    assert_eq!(original.events.count(), 1);
    assert_eq!(original.ref_ext_time_us, 5);
    assert_eq!(engine.gaps(), 9 + 9 + 9 + 9);
}

#[test]
fn every_duplicate_in_many_segments_is_found_forwards_and_backwards() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
    for ext_seq in 1..=120 {
        submit(&mut engine, ext_seq * 2, STORE).unwrap();
        if ext_seq % 3 == 0 {
            engine.sync().unwrap();
        }
    }
    assert!(world.disk.files().len() > 6, "several segments");
    for ext_seq in (1..=240).chain((1..=240).rev()) {
        let expected = (ext_seq % 2 == 0).then_some((ext_seq / 2, false));
        assert_eq!(submit(&mut engine, ext_seq, STORE).unwrap(), expected, "{ext_seq}");
    }
}

#[test]
fn strict_sequence_refuses_a_gap_and_names_it() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut options = world.options();
    options.strict_sequence = true;
    let mut engine = DurableEngine::open(&world.directory, &ledger(), options).unwrap();
    submit(&mut engine, 7, STORE).unwrap();
    submit(&mut engine, 8, STORE).unwrap();
    let error = submit(&mut engine, 11, STORE).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ext_seq 11 follows 8: 2 are missing, and strict sequences allow no gaps"
    );
    assert_eq!(submit(&mut engine, 9, STORE).unwrap(), Some((3, true)));
}

#[test]
fn failed_command_is_recorded_and_stops_the_engine() {
    quiet();
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut options = world.options();
    options.on_failure = OnFailure::Stop;
    let open = || DurableEngine::open(&world.directory, &ledger(), options.clone());
    let mut engine = open().unwrap();
    submit(&mut engine, 1, STORE).unwrap();
    assert_eq!(submit(&mut engine, 2, PANIC).unwrap(), Some((2, true)));
    let error = submit(&mut engine, 3, STORE).unwrap_err();
    let DurableError::CommandFailed { entry: 2, ext_seq: 2, .. } = &error else {
        panic!("{error}")
    };
    assert!(error.to_string().contains("item 9 panics"), "{error}");
    assert_eq!(engine.sync().unwrap(), 2, "the failure is not kept");
    drop(engine);
    let mut engine = open().unwrap();
    assert_eq!(engine.position().tx_seq, 1);
    assert_eq!(submit(&mut engine, 2, PANIC).unwrap(), Some((2, false)), "it ran again");
    assert_eq!(submit(&mut engine, 3, STORE).unwrap(), Some((3, true)));
}

#[test]
fn skipped_failure_leaves_a_new_instance() {
    quiet();
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
    for ext_seq in 1..=6 {
        let operation = if ext_seq % 2 == 0 { PANIC } else { STORE };
        assert_eq!(submit(&mut engine, ext_seq, operation).unwrap(), Some((ext_seq, true)));
    }
    assert_eq!(engine.position().tx_seq, 3);
    assert_eq!(engine.engine().store().len(1), 1);
}

#[test]
fn command_that_ended_the_process_is_named_and_skipped_on_demand() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut options = world.options();
    options.on_failure = OnFailure::Stop;
    let open = |options| DurableEngine::open(&world.directory, &ledger(), options);
    let mut engine = open(options.clone()).unwrap();
    submit(&mut engine, 1, STORE).unwrap();
    engine.sync().unwrap();
    drop(engine);
    // A process that takes the lock, begins a command, and is killed in it.
    let (storage, dir) = (world.directory.storage(), world.directory.root());
    let lock = DirectoryLock::take(&**storage, dir, &world.directory.lock(), "it").unwrap();
    let running = RunningCommand { entry: 2, ext_seq: 5 };
    lock.begin(running);
    world.disk.crash(Crash::Kill);
    world.disk.restart();
    drop(lock);

    let engine = open(options.clone()).unwrap();
    assert_eq!(engine.opened().interrupted, Some(running));
    drop(engine);
    // It stays named until another command runs: this start did not submit it again.
    options.on_failure = OnFailure::Skip;
    let mut engine = open(options).unwrap();
    assert_eq!(engine.opened().interrupted, Some(running));
    submit(&mut engine, 4, STORE).unwrap();
    let (kind, payload) = STORE.encode();
    let answer = engine.submit(&RuntimeCommandRef::new(kind, 5, 0, &payload)).unwrap();
    let EntryOutcome::Failed(failure) = answer.logged().unwrap().entry().outcome else {
        panic!("it ran")
    };
    assert_eq!(failure.text.to_string(), "the process ended while it ran this command");
    assert_eq!(submit(&mut engine, 6, STORE).unwrap(), Some((4, true)));
    assert_eq!((engine.position().tx_seq, engine.sync().unwrap()), (3, 4));
    drop(engine);
    let engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
    assert_eq!((engine.position().entry, engine.opened().interrupted), (4, None));
}

/// The log grows behind what an earlier look-up has read ahead.
#[test]
fn duplicates_are_found_in_a_log_that_grows_between_the_look_ups() {
    for (zero_ahead, segment_bytes) in [(1024, 16 << 10), (256 << 10, 64 << 20)] {
        let world = World::new(&ledger(), SimulatedDisk::new(1));
        let mut options = world.options();
        options.log.zero_ahead = zero_ahead;
        options.log.segment_bytes = segment_bytes;
        let mut engine = DurableEngine::open(&world.directory, &ledger(), options).unwrap();
        let mut random = fastrand::Rng::with_seed(zero_ahead as u64);
        let (mut last, mut entries) = (0, BTreeMap::new());
        for _ in 0..400 {
            if last == 0 || random.bool() {
                last += random.u64(1..3);
                let ran = submit(&mut engine, last, STORE).unwrap();
                entries.insert(last, ran.unwrap().0);
                if random.bool() {
                    engine.sync().unwrap();
                }
            } else {
                let ext_seq = random.u64(last.saturating_sub(20)..=last);
                let found = submit(&mut engine, ext_seq, STORE).unwrap();
                let expected = entries.get(&ext_seq).map(|entry| (*entry, false));
                assert_eq!(found, expected, "ext_seq {ext_seq}, zeros {zero_ahead}");
            }
        }
    }
}
