//! Replays of a directory that was migrated, from its first entry.

use statevec_abi::boundary::RuntimeCommandRef;
use statevec_host::{
    LoadedPlugin,
    durable::{DurableEngine, MigrateOptions, migrate},
    replay::{Difference, LoadBuild, ReplayError, ReplayOptions, ReplaySummary, Replayer},
    txlog::{LogHeader, LogPosition},
};

use crate::{
    crash::{closed, quiet},
    ledger::{self, build, ledger},
    life::World,
    next_schema,
};

/// A directory with entries of two schemas, and its last position.
pub(crate) fn migrated() -> (World, LogPosition) {
    let world = closed();
    let options = MigrateOptions { log: World::LOG, ..MigrateOptions::default() };
    migrate(&world.directory, &next_schema::plugin(), &options).unwrap();
    world.disk.restart();
    let plugin = next_schema::plugin();
    let mut engine = DurableEngine::open(&world.directory, &plugin, world.options()).unwrap();
    let last = engine.position().ext_seq.unwrap();
    for ext_seq in last + 1..last + 20 {
        let payload = [&(ext_seq % 7).to_le_bytes()[..], &[ext_seq as u8 % 5]].concat();
        engine.submit(&RuntimeCommandRef::new(1, ext_seq, 0, &payload)).unwrap();
        engine.sync().unwrap();
    }
    let position = engine.close().unwrap();
    world.disk.restart();
    (world, position)
}

/// Loads these builds, each for its own schema.
fn builds(builds: Vec<LoadedPlugin>) -> Box<LoadBuild> {
    Box::new(move |header: &LogHeader| {
        let fits = |build: &&LoadedPlugin| build.schema().fingerprints() == header.fingerprints;
        builds.iter().find(fits).cloned().ok_or_else(|| "it is not kept".into())
    })
}

fn finish(mut replayer: Replayer) -> Result<(ReplaySummary, LogPosition), ReplayError> {
    while replayer.step(|_, _| {})? {}
    assert_eq!(replayer.store().unwrap().digest(), replayer.position().digest);
    Ok((replayer.summary().clone(), *replayer.position()))
}

#[test]
fn replay_from_the_first_entry_crosses_a_migration() {
    quiet();
    let (world, end) = migrated();
    let replayer = |options| Replayer::of_directory(&world.directory, None, options).unwrap();
    let (changes, position) = finish(replayer(ReplayOptions::default())).unwrap();
    assert_eq!((changes.ran, changes.migrations, position), (0, 1, end));

    let both = || builds(vec![ledger(), next_schema::plugin()]);
    let (ran, position) = finish(replayer(ReplayOptions::default()).load_builds(both())).unwrap();
    assert_eq!((ran.entries, ran.migrations, ran.divergences()), (changes.entries, 1, 0));
    assert_eq!((ran.ran, position), (changes.entries - 1, end));

    // From every entry, also from those that a checkpoint of either schema comes before.
    for from in 1..=end.entry {
        let options = ReplayOptions { from, ..ReplayOptions::default() };
        let (ran, position) = finish(replayer(options).load_builds(both())).unwrap();
        assert_eq!((ran.divergences(), position), (0, end), "from {from}");
        let to = ReplayOptions { to_entry: Some(from), ..ReplayOptions::default() };
        let (_, position) = finish(replayer(to).load_builds(both())).unwrap();
        assert_eq!(position.entry, from);
    }
}

#[test]
fn divergence_on_either_side_of_a_migration_is_found() {
    quiet();
    let (world, _) = migrated();
    let other = build(ledger::OTHER_VALUE);
    let replay = |plugin: &LoadedPlugin, loaded| {
        let options = ReplayOptions { keep_going: true, ..ReplayOptions::default() };
        let replayer = Replayer::of_directory(&world.directory, Some(plugin), options).unwrap();
        finish(replayer.load_builds(builds(loaded))).unwrap().0
    };
    let old = replay(&other, vec![next_schema::plugin()]);
    let first = old.first.unwrap();
    assert!(matches!(first.difference, Difference::Record { .. }), "{first:?}");
    assert_eq!(old.first_schema.as_ref(), Some(other.schema()));
    // The given build runs the entries of its own schema, and the loaded one the others.
    let new = replay(&next_schema::plugin(), vec![other]);
    assert_eq!((new.divergences(), new.migrations), (old.records, 1));
}

#[test]
fn entries_of_a_schema_without_a_build_are_an_error() {
    quiet();
    let (world, _) = migrated();
    for plugin in [ledger(), next_schema::plugin()] {
        let options = ReplayOptions::default();
        let replayer = Replayer::of_directory(&world.directory, Some(&plugin), options).unwrap();
        let text = finish(replayer).unwrap_err().to_string();
        assert!(text.contains("which the plugin does not have"), "{text}");
    }
    let plugin = crate::other_schema::plugin();
    let options = ReplayOptions::default();
    let error = Replayer::of_directory(&world.directory, Some(&plugin), options).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("field Item.value: ") && text.contains("migrate"), "{text}");
}
