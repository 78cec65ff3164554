//! Migrations of a directory: wholly done or not at all, and carried out again from the log.

use std::{path::Path, sync::Arc};

use fastrand::Rng;
use statevec_abi::{boundary::RuntimeCommandRef, txlog::StateDigest, typed::Record as _};
use statevec_host::{
    LoadedPlugin, Store,
    durable::{
        DurableEngine, DurableError, MigrateError, MigrateOptions, Migrated, Submitted,
        make_checkpoint, migrate, recover,
    },
    evolution::MigrationChoices,
    storage::{Crash, Fault, Storage as _},
    store::StoreLimits,
    txlog::verify,
};

use crate::{
    crash::{closed, end_process},
    ledger::ledger,
    life::World,
    next_schema::{self, Item},
};

/// A default that the new plugin accepts.
fn options() -> MigrateOptions {
    let choices = MigrationChoices {
        defaults: [("Item.shelf".to_owned(), "7".to_owned())].into(),
        ..MigrationChoices::default()
    };
    MigrateOptions { choices, log: World::LOG, ..MigrateOptions::default() }
}

fn migrated(world: &World) -> Result<Migrated, MigrateError> {
    migrate(&world.directory, &next_schema::plugin(), &options())
}

fn open(world: &World, plugin: &LoadedPlugin) -> Result<DurableEngine, DurableError> {
    DurableEngine::open(&world.directory, plugin, world.options())
}

/// The digest of the records behind the last entry, and the entry.
fn state(world: &World) -> (u64, StateDigest, Store) {
    let recovered = recover(&world.directory, None, StoreLimits::default()).unwrap();
    (recovered.position().entry, recovered.store.digest(), recovered.store)
}

fn items(store: &Store) -> Vec<(u64, Item)> {
    let records = store.records(1);
    records.map(|record| (record.sys_id, Item::decode(record.data).unwrap())).collect()
}

/// Puts an item on shelf 9.
fn shelve(engine: &mut DurableEngine, ext_seq: u64) {
    let payload = [&5_u64.to_le_bytes()[..], &[9]].concat();
    let ran = engine.submit(&RuntimeCommandRef::new(1, ext_seq, 0, &payload)).unwrap();
    assert!(matches!(ran, Submitted::Ran(_)), "{ran:?}");
}

#[test]
fn migrated_directory_has_the_old_values_under_the_new_schema() {
    let world = closed();
    let (entry, _, old) = state(&world);
    let done = migrated(&world).unwrap();
    assert_eq!((done.before.entry, done.position.entry), (entry, entry + 1));
    let (now, digest, new) = state(&world);
    assert_eq!((now, digest), (entry + 1, done.position.digest));
    let old: Vec<_> = old
        .records(1)
        .map(|record| (record.sys_id, crate::ledger::Item::decode(record.data).unwrap()))
        .map(|(sys_id, crate::ledger::Item { id, value, changes })| {
            (sys_id, Item { id, shelf: 7, value: value as u8, changes })
        })
        .collect();
    assert!(!old.is_empty());
    assert_eq!(items(&new), old);
    assert_eq!((new.len(2), new.next_sys_id(2)), (0, Some(1)));
    verify(world.directory.storage(), &world.directory.log()).unwrap();
}

#[test]
fn migrated_directory_goes_on_with_the_new_plugin_only() {
    let world = closed();
    migrated(&world).unwrap();
    world.disk.restart();
    let text = open(&world, &ledger()).unwrap_err().to_string();
    assert!(text.contains("field Item.shelf: u16 at byte 8, then gone"), "{text}");
    world.disk.restart();
    let mut engine = open(&world, &next_schema::plugin()).unwrap();
    let last = engine.position().ext_seq.unwrap();
    shelve(&mut engine, last + 1);
    engine.checkpoint().unwrap().unwrap();
    shelve(&mut engine, last + 2);
    engine.close().unwrap();
    world.disk.restart();
    let engine = open(&world, &next_schema::plugin()).unwrap();
    assert_eq!(engine.engine().store().len(2), 1);
    assert_eq!(engine.position().ext_seq, Some(last + 2));
}

#[test]
fn results_of_the_old_schema_are_not_read_with_the_new_one() {
    let world = closed();
    migrated(&world).unwrap();
    world.disk.restart();
    let mut engine = open(&world, &next_schema::plugin()).unwrap();
    let last = engine.position().ext_seq.unwrap();
    shelve(&mut engine, last + 1);
    for ext_seq in [1, last, last - 1, 2] {
        let command = RuntimeCommandRef::new(1, ext_seq, 0, &[0; 16]);
        let again = engine.submit(&command).unwrap();
        assert!(matches!(again, Submitted::Duplicate { original: None }), "{ext_seq}: {again:?}");
    }
    let command = RuntimeCommandRef::new(1, last + 1, 0, &[0; 16]);
    let again = engine.submit(&command).unwrap();
    assert_eq!(again.logged().unwrap().entry().ext_seq, last + 1);
}

#[test]
fn dry_run_changes_nothing_and_tells_what_would_be() {
    let world = closed();
    let changes = world.disk.changes();
    let plugin = next_schema::plugin();
    let dry = MigrateOptions { dry_run: true, ..options() };
    let mut told = migrate(&world.directory, &plugin, &dry).unwrap();
    assert_eq!(world.disk.changes(), changes);
    assert_eq!(told.checkpoint, None);
    let done = migrated(&world).unwrap();
    assert!(done.checkpoint.is_some());
    told.checkpoint.clone_from(&done.checkpoint);
    assert_eq!(told, done);
}

#[test]
fn crash_at_every_change_of_a_migration_leaves_the_old_or_the_new_state() {
    let world = closed();
    let (old_entry, old_digest, _) = state(&world);
    let counted = world.fork();
    let before = counted.disk.changes();
    let done = migrated(&counted).unwrap();
    let changes = counted.disk.changes() - before;
    assert!(changes > 20, "{changes}");
    let (mut old, mut new) = (0, 0);
    for change in 0..changes {
        for fault in [Fault::Crash(Crash::Power), Fault::Crash(Crash::Kill), Fault::Io, Fault::Full]
        {
            for seed in 0..8 {
                let world = world.fork();
                world.disk.set_seed(seed);
                world.disk.fail_change(world.disk.changes() + change, fault);
                let result = migrated(&world);
                end_process(&world, &mut Rng::with_seed(seed));
                let (entry, digest, _) = state(&world);
                let context = format!("change {change}, {fault:?}, seed {seed}: {result:?}");
                if entry == old_entry {
                    assert!(result.is_err(), "{context}");
                    assert_eq!(digest, old_digest, "{context}");
                    drop(open(&world, &ledger()).unwrap());
                    world.disk.restart();
                    migrated(&world).unwrap();
                    old += 1;
                } else {
                    assert_eq!((entry, digest), (done.position.entry, done.position.digest));
                    new += 1;
                }
                world.disk.restart();
                let mut engine = open(&world, &next_schema::plugin()).unwrap();
                assert_eq!(engine.engine().store().digest(), done.position.digest, "{context}");
                let last = engine.position().ext_seq.unwrap();
                shelve(&mut engine, last + 1);
                engine.checkpoint().unwrap();
                engine.close().unwrap();
            }
        }
    }
    println!("{old} crashes left the old state, {new} the new one");
    assert!(old > 100 && new > 20, "{old} {new}");
}

#[test]
fn lost_checkpoint_of_a_migration_is_made_again_from_the_log() {
    for is_opened in [true, false] {
        let world = closed();
        let done = migrated(&world).unwrap();
        world.disk.restart();
        world.disk.remove(done.checkpoint.as_deref().unwrap()).unwrap();
        if is_opened {
            drop(open(&world, &next_schema::plugin()).unwrap());
        } else {
            let made =
                make_checkpoint(&world.directory, &done.position, &world.options().checkpoint);
            assert_eq!(made.unwrap().unwrap().entry, done.position.entry);
        }
        world.disk.restart();
        let recovered = recover(&world.directory, None, StoreLimits::default()).unwrap();
        assert_eq!(recovered.store.digest(), done.position.digest);
        assert_eq!((recovered.applied, recovered.migrated), (0, false));
    }
}

#[test]
fn value_that_does_not_fit_is_named_and_nothing_changes() {
    let mut world = closed();
    let mut engine = world.open().unwrap();
    for (ext_seq, value) in (engine.position().entry + 1..).zip([255_u64, 256, 300]) {
        let payload = [(40 + ext_seq).to_le_bytes(), value.to_le_bytes()].concat();
        engine.submit(&RuntimeCommandRef::new(1, ext_seq, 0, &payload)).unwrap();
    }
    engine.close().unwrap();
    world.disk.restart();
    let before = state(&world);
    let names = world.disk.list(Path::new("/data/checkpoints")).unwrap();
    let text = migrated(&world).unwrap_err().to_string();
    let expected = "field value: 256 is no unsigned integer of 8 bits";
    assert!(text.starts_with("Item number ") && text.contains(expected), "{text}");
    world.disk.restart();
    assert_eq!((state(&world).0, state(&world).1), (before.0, before.1));
    assert_eq!(world.disk.list(Path::new("/data/checkpoints")).unwrap(), names);
}

#[test]
fn records_that_the_new_plugin_refuses_are_not_migrated() {
    let world = closed();
    let mut unlucky = options();
    unlucky.choices.defaults.insert("Item.shelf".into(), "13".into());
    let text = migrate(&world.directory, &next_schema::plugin(), &unlucky).unwrap_err().to_string();
    assert!(text.contains("lies on shelf 13") && text.contains("Nothing was changed"), "{text}");
    world.disk.restart();
    drop(open(&world, &ledger()).unwrap());
}

#[test]
fn choices_that_fit_no_field_are_refused() {
    let world = closed();
    for (field, value, expected) in [
        ("Item.shelf", "70000", "expected a whole number from 0 to 65535"),
        ("Item.value", "1", "the field is not new"),
        ("Item.room", "1", "the new schema has no such field"),
        ("Shelf.items", "1", "there are no records of it yet"),
        ("shelf", "1", "name it as Record.field"),
    ] {
        let mut wrong = options();
        wrong.choices.defaults = [(field.to_owned(), value.to_owned())].into();
        let text = migrate(&world.directory, &next_schema::plugin(), &wrong).unwrap_err();
        assert!(text.to_string().contains(expected), "{text}");
        world.disk.restart();
    }
    let mut wrong = options();
    wrong.choices.drops.insert("Item.value".into());
    let text = migrate(&world.directory, &next_schema::plugin(), &wrong).unwrap_err().to_string();
    assert!(text.starts_with("Item.value is not dropped"), "{text}");
}

#[test]
fn nothing_is_dropped_without_being_named() {
    let world = closed();
    let before = state(&world);
    migrated(&world).unwrap();
    let back = |drops: &[&str]| {
        world.disk.restart();
        let mut options = MigrateOptions { log: World::LOG, ..MigrateOptions::default() };
        options.choices.drops = drops.iter().map(|name| (*name).to_owned()).collect();
        migrate(&world.directory, &ledger(), &options)
    };
    let text = back(&["Shelf"]).unwrap_err().to_string();
    assert!(text.contains("no Item.shelf") && text.contains("--drop Item.shelf"), "{text}");
    back(&["Shelf", "Item.shelf"]).unwrap();
    world.disk.restart();
    let engine = open(&world, &ledger()).unwrap();
    let store = engine.engine().store();
    assert_eq!((engine.position().entry, store.digest()), (before.0 + 2, before.1));
}

#[test]
fn directory_that_cannot_be_migrated_is_told_why() {
    let world = closed();
    let same = migrate(&world.directory, &ledger(), &options()).unwrap_err();
    assert!(matches!(same, MigrateError::SameSchema), "{same}");
    world.disk.restart();
    let other = statevec_host::durable::DataDirectory::new(
        Arc::clone(world.directory.storage()),
        "/nothing",
    );
    let error = migrate(&other, &ledger(), &options()).unwrap_err();
    assert!(error.to_string().contains("/nothing"), "{error}");
    let engine = open(&world, &ledger()).unwrap();
    let error = migrated(&world).unwrap_err().to_string();
    assert!(error.contains("is in use by"), "{error}");
    drop(engine);
}
