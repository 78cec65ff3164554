//! A running engine that takes another build of its plugin.

use std::{
    env::{
        self,
        consts::{DLL_PREFIX, DLL_SUFFIX},
    },
    fs,
    path::Path,
};

use statevec_abi::boundary::RuntimeCommandRef;
use statevec_host::{
    LoadOptions, LoadedPlugin, Sha256,
    durable::{DurableEngine, PreparedBuild, ReplaceError},
    replay::{BuildDivergence, compare_builds},
    storage::{Fault, SimulatedDisk},
};

use crate::{
    crash::{closed, quiet, run, script},
    ledger::{self, Operation, build, ledger},
    life::World,
    next_schema,
    replay_migrated::migrated,
};

fn open(world: &World, plugin: &LoadedPlugin) -> DurableEngine {
    DurableEngine::open(&world.directory, plugin, world.options()).unwrap()
}

/// Stores an item, and returns its value.
fn store(engine: &mut DurableEngine, value: u64) -> u64 {
    let (kind, payload) = Operation::Store { id: 77, value }.encode();
    let ext_seq = engine.position().ext_seq.unwrap() + 1;
    engine.submit(&RuntimeCommandRef::new(kind, ext_seq, 0, &payload)).unwrap();
    let records = engine.engine().store().records(1);
    let item = records.last().unwrap();
    u64::from_le_bytes(item.data[8..16].try_into().unwrap())
}

#[test]
fn engine_goes_on_with_another_build_of_the_same_schema() {
    quiet();
    let world = closed();
    let mut engine = open(&world, &ledger());
    assert_eq!(store(&mut engine, 5), 5);
    let before = *engine.position();
    engine.replace_plugin(&build(ledger::OTHER_VALUE)).unwrap();
    let after = *engine.position();
    assert_eq!((after.entry, after.digest), (before.entry + 1, before.digest));
    assert_eq!((after.tx_seq, after.ext_seq), (before.tx_seq, before.ext_seq));
    assert_eq!(engine.durable(), after.entry);
    assert_eq!(store(&mut engine, 6), 7, "the build adds one");
    let end = engine.close().unwrap();
    world.disk.restart();
    let again = open(&world, &build(ledger::OTHER_VALUE));
    assert_eq!(*again.position(), end);
}

#[test]
fn build_that_does_not_fit_is_refused_and_the_one_before_goes_on() {
    quiet();
    let world = closed();
    let mut engine = open(&world, &ledger());
    let before = *engine.position();
    let error = engine.replace_plugin(&next_schema::plugin()).unwrap_err();
    assert!(matches!(error, ReplaceError::Schema { .. }), "{error}");
    assert!(error.to_string().contains("field Item.shelf: new, u16"), "{error}");
    let error = engine.replace_plugin(&build(ledger::PANICS)).unwrap_err();
    assert!(matches!(error, ReplaceError::Invariant { .. }), "{error}");
    assert_eq!(*engine.position(), before);
    assert_eq!(store(&mut engine, 5), 5);
    engine.engine().store().check_consistency().unwrap();
    engine.close().unwrap();
}

#[test]
fn build_that_was_prepared_is_written_again_while_commands_wait() {
    quiet();
    let folder = tempfile::tempdir().unwrap();
    let [first, second, third] = [1, 2, 3].map(|build| bank(folder.path(), build));
    let world = World::new(&first, SimulatedDisk::new(1));
    let mut engine = open(&world, &first);
    let mut changes = |change: &mut dyn FnMut(&mut DurableEngine)| {
        let before = world.disk.changes();
        change(&mut engine);
        world.disk.changes() - before
    };
    let whole = changes(&mut |engine| engine.replace_plugin(&second).unwrap());
    let mut prepared = None;
    let before = changes(&mut |engine| {
        let directory = engine.directory();
        prepared = Some(PreparedBuild::new(directory, engine.plugin(), third.clone()).unwrap());
    });
    let kept = world.directory.plugin_file(&third.file_sha256().unwrap().unwrap());
    assert_eq!(world.disk.contents(kept), third.file_bytes().unwrap());
    let while_commands_wait = changes(&mut |engine| {
        engine.replace_with(prepared.as_ref().unwrap()).unwrap();
    });
    assert!(before >= 4, "it creates, writes, syncs and renames a file: {before} changes");
    assert_eq!(while_commands_wait + before, whole);
    assert_eq!(engine.plugin_sha256(), third.file_sha256().unwrap());

    let files = world.disk.files();
    let error = PreparedBuild::new(engine.directory(), engine.plugin(), ledger()).unwrap_err();
    assert!(matches!(error, ReplaceError::OtherPlugin { .. }), "{error}");
    assert_eq!(world.disk.files(), files);
    engine.close().unwrap();
}

/// The bank's library from a file with more bytes at its end.
fn bank(folder: &Path, more: usize) -> LoadedPlugin {
    let name = format!("{DLL_PREFIX}statevec_bank_so{DLL_SUFFIX}");
    let mut bytes = fs::read(env::current_exe().unwrap().with_file_name(name)).unwrap();
    bytes.resize(bytes.len() + more, 0);
    let path = folder.join(format!("{more}{DLL_SUFFIX}"));
    fs::write(&path, &bytes).unwrap();
    let options = LoadOptions::new().sha256(Sha256::of(&*bytes).unwrap());
    // SAFETY: the library is the bank of this workspace, which keeps the contract (rule 6).
    unsafe { options.open(&path) }.unwrap()
}

#[test]
fn log_that_fails_stops_the_engine_and_loses_nothing() {
    quiet();
    let counted = closed();
    let mut engine = open(&counted, &ledger());
    let before = counted.disk.changes();
    engine.replace_plugin(&build(ledger::OTHER_VALUE)).unwrap();
    let changes = counted.disk.changes() - before;
    assert!(changes >= 2, "{changes}");
    for change in 0..changes {
        let world = closed();
        let mut engine = open(&world, &ledger());
        let last = engine.position().entry;
        world.disk.fail_change(world.disk.changes() + change, Fault::Io);
        engine.replace_plugin(&build(ledger::OTHER_VALUE)).unwrap_err();
        drop(engine);
        world.disk.clear_faults();
        world.disk.restart();
        let engine = open(&world, &ledger());
        assert!((last..=last + 2).contains(&engine.position().entry));
    }
}

#[test]
fn builds_are_compared_on_the_last_entries() {
    quiet();
    let world = closed();
    let engine = open(&world, &ledger());
    let to = engine.durable();
    let compare = |now: u8, next: u8| {
        let from = to.saturating_sub(20);
        compare_builds(&world.directory, &build(now), &build(next), from, to).unwrap()
    };
    let same = compare(ledger::SOUND, ledger::SOUND);
    assert_eq!((same.divergence, same.ran > 0, same.to), (None, true, to));
    let next = compare(ledger::SOUND, ledger::OTHER_VALUE).divergence;
    assert!(matches!(next, Some(BuildDivergence::Next(_))), "{next:?}");
    let from_nothing =
        compare_builds(&world.directory, &ledger(), &build(ledger::PANICS), to + 1, to).unwrap();
    assert_eq!((from_nothing.ran, from_nothing.divergence), (0, None));
    assert!(from_nothing.invariant.is_some(), "the build panics when it is asked");
    let now = compare(ledger::OTHER_VALUE, ledger::SOUND).divergence;
    assert!(matches!(now, Some(BuildDivergence::Now(_))), "{now:?}");
    drop(engine);
}

#[test]
fn builds_are_not_compared_on_entries_of_a_build_with_another_schema() {
    let (world, end) = migrated();
    let plugin = next_schema::plugin();
    let compared = compare_builds(&world.directory, &plugin, &plugin, 1, end.entry).unwrap();
    assert_eq!(compared.divergence, None);
    assert_eq!(compared.ran, end.entry + 1 - compared.from, "commands follow the migration");
    assert!(compared.from > 1);
    let last = compare_builds(&world.directory, &plugin, &plugin, end.entry, end.entry).unwrap();
    assert_eq!((last.from, last.ran), (end.entry, 1));
    let none = compare_builds(&world.directory, &plugin, &plugin, 1, compared.from - 1).unwrap();
    assert_eq!((none.ran, none.divergence), (0, None));
}

#[test]
fn builds_are_not_compared_on_entries_whose_state_is_gone() {
    quiet();
    let mut world = World::new(&ledger(), SimulatedDisk::new(1)).keeping(0);
    assert_eq!(run(&mut world, &script()), None);
    assert_eq!(run(&mut world, &script()), None);
    let engine = world.open().unwrap();
    let (plugin, to) = (ledger(), engine.durable());
    let compared = compare_builds(&world.directory, &plugin, &plugin, 1, to).unwrap();
    assert!(compared.from > 1 && compared.ran > 0, "{compared:?}");
    assert_eq!(compared.divergence, None);
}
