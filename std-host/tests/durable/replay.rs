//! Replays: the build that wrote a log finds no difference, and other builds find their first one.

use statevec_abi::{
    boundary::RuntimeCommandRef,
    txlog::{EntryOutcome, StateDigest},
};
use statevec_host::{
    LoadedPlugin,
    durable::DurableEngine,
    replay::{DescribedDivergence, ReplayOptions, ReplaySummary, Replayer},
    storage::SimulatedDisk,
    txlog::LogPosition,
};

use crate::{
    crash::quiet,
    ledger::{self, Operation, build, ledger},
    life::{Step, World},
};

pub(crate) const STORE: Operation = Operation::Store { id: 1, value: 10 };
const REJECT: Operation = Operation::Reject { id: 1 };
const DELETE: Operation = Operation::Delete { id: 1 };

/// A closed directory with these commands, one frame each; a checkpoint behind some.
pub(crate) fn recorded(
    operations: &[Operation],
    checkpoint_behind: Option<usize>,
) -> (World, Vec<u8>) {
    quiet();
    let mut world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut engine = world.open().unwrap();
    for (at, operation) in operations.iter().enumerate() {
        engine = world.step(engine, Step::Submit(*operation)).unwrap();
        engine = world.step(engine, Step::Sync).unwrap();
        if checkpoint_behind == Some(at + 1) {
            engine = world.step(engine, Step::Checkpoint).unwrap();
        }
    }
    let image = engine.engine().store().image();
    engine.close().unwrap();
    (world, image)
}

pub(crate) fn replay(
    world: &World,
    plugin: Option<&LoadedPlugin>,
    options: ReplayOptions,
) -> Replayer {
    let mut replayer = Replayer::of_directory(&world.directory, plugin, options).unwrap();
    while replayer.step(|_, _| {}).unwrap() {}
    replayer
}

/// The first divergence of another build, in words.
fn first(operations: &[Operation], plugin: &LoadedPlugin) -> String {
    let (world, _) = recorded(operations, None);
    let replayer = replay(&world, Some(plugin), ReplayOptions::default());
    let divergence = replayer.summary().first.clone().expect("a divergence");
    assert_eq!(replayer.summary().divergences(), 1);
    DescribedDivergence { schema: replayer.schema(), divergence: &divergence }.to_string()
}

fn many() -> Vec<Operation> {
    let mut operations = vec![STORE, REJECT, DELETE, Operation::Pass { id: 7 }];
    operations.push(Operation::Panic { id: 1 });
    operations.extend((0..30).map(|value| Operation::Store { id: value % 4, value }));
    operations
}

#[test]
fn build_that_wrote_the_log_gives_the_same_results() {
    let (world, image) = recorded(&many(), None);
    let replayer = replay(&world, Some(&ledger()), ReplayOptions::default());
    let ReplaySummary { entries, ran, first, .. } = replayer.summary().clone();
    assert_eq!((entries, ran, first), (35, 35, None));
    assert!(replayer.store().unwrap().image() == image);
    assert_eq!(replayer.position().tx_seq, 33);
}

#[test]
fn replay_without_a_plugin_applies_changes_and_checks_digests() {
    let (world, image) = recorded(&many(), Some(20));
    let replayer = replay(&world, None, ReplayOptions::default());
    assert_eq!((replayer.summary().entries, replayer.summary().ran), (35, 0));
    assert!(replayer.store().unwrap().image() == image);
    // From the checkpoint.
    let options = ReplayOptions { from: 30, ..ReplayOptions::default() };
    let replayer = replay(&world, None, options);
    assert_eq!(replayer.summary().entries, 15);
    assert!(replayer.store().unwrap().image() == image);
}

#[test]
fn other_value_of_a_field_is_named() {
    assert_eq!(
        first(&[STORE], &build(ledger::OTHER_VALUE)),
        r#"entry 1, ext_seq 1, command 1 {"hex":"01000000000000000a00000000000000"}: record Item 1, field value: recorded 10, replayed 11"#
    );
}

#[test]
fn other_field_of_an_event_is_named() {
    let text = first(&[STORE], &build(ledger::OTHER_EVENT));
    assert!(text.ends_with("event 1 Stored, field id: recorded 1, replayed 2"), "{text}");
}

#[test]
fn event_that_is_missing_is_named() {
    let text = first(&[STORE], &build(ledger::NO_EVENT));
    let expected =
        r#"event 1: recorded {"event":"Stored","payload":{"id":1,"value":10}}, replayed none"#;
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn record_that_is_there_beside_the_recorded_ones_is_named() {
    let text = first(&[STORE], &build(ledger::EXTRA_ITEM));
    let expected = r#"record Item 2: recorded none, replayed {"id":999,"value":0,"changes":0}"#;
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn other_text_of_a_rejection_is_named() {
    let text = first(&[STORE, REJECT], &build(ledger::OTHER_TEXT));
    assert!(text.starts_with("entry 2, ext_seq 2, command 4"), "{text}");
    assert!(
        text.contains(r#"outcome: recorded {"#) && text.contains("item 1 is rejected"),
        "{text}"
    );
    assert!(text.contains("item 1 is refused"), "{text}");
}

#[test]
fn rejection_of_what_was_committed_is_named_and_the_reverse() {
    let text = first(&[STORE, DELETE], &build(ledger::REJECTS_DELETES));
    assert!(text.contains(r#"outcome: recorded {"status":"committed"}, replayed {"#), "{text}");
    let text = first(&[STORE, REJECT], &build(ledger::COMMITS_REJECTED));
    assert!(text.ends_with(r#"replayed {"status":"committed"}"#), "{text}");
}

#[test]
fn divergence_as_json_has_the_same_parts() {
    let (world, _) = recorded(&[STORE], None);
    let plugin = build(ledger::OTHER_VALUE);
    let replayer = replay(&world, Some(&plugin), ReplayOptions::default());
    let divergence = replayer.summary().first.as_ref().unwrap();
    let described = DescribedDivergence { schema: replayer.schema(), divergence };
    assert_eq!(
        serde_json::to_string(&described).unwrap(),
        r#"{"entry":1,"ext_seq":1,"command":1,"payload":{"hex":"01000000000000000a00000000000000"},"difference":"record","subject":"Item 1","field":"value","recorded":10,"replayed":11}"#
    );
}

#[test]
fn replay_that_keeps_going_counts_from_the_recorded_state() {
    let operations = [STORE, DELETE, STORE, REJECT, DELETE, REJECT];
    let (world, image) = recorded(&operations, None);
    let options = ReplayOptions { keep_going: true, ..ReplayOptions::default() };
    let count = |plugin: &LoadedPlugin| {
        let replayer = replay(&world, Some(plugin), options.clone());
        assert!(replayer.store().unwrap().image() == image, "not the recorded state");
        let ReplaySummary { entries, outcomes, events, records, digests, .. } =
            replayer.summary().clone();
        assert_eq!((entries, digests), (6, 0));
        (outcomes, events, records)
    };
    assert_eq!(count(&ledger()), (0, 0, 0));
    assert_eq!(count(&build(ledger::OTHER_VALUE)), (0, 0, 2));
    assert_eq!(count(&build(ledger::NO_EVENT)), (0, 2, 0));
    assert_eq!(count(&build(ledger::REJECTS_DELETES)), (2, 0, 0));
    assert_eq!(count(&build(ledger::COMMITS_REJECTED)), (2, 0, 0));
    assert_eq!(count(&build(ledger::PANICS)), (6, 0, 0));
}

#[test]
fn replay_from_an_entry_runs_the_plugin_only_from_there() {
    let (world, image) = recorded(&many(), Some(10));
    let plugin = build(ledger::OTHER_VALUE);
    for from in [1, 10, 11, 35] {
        let options = ReplayOptions { from, keep_going: true, ..ReplayOptions::default() };
        let replayer = replay(&world, Some(&plugin), options);
        let summary = replayer.summary();
        assert_eq!(summary.ran, 36 - from);
        assert!(summary.entries >= summary.ran);
        assert!(summary.first.as_ref().unwrap().entry >= from);
        assert!(replayer.store().unwrap().image() == image);
    }
}

#[test]
fn replay_ends_behind_the_entry_or_transaction_that_was_asked_for() {
    let (world, _) = recorded(&many(), None);
    let options = ReplayOptions { to_tx_seq: Some(2), ..ReplayOptions::default() };
    let replayer = replay(&world, Some(&ledger()), options);
    let position = LogPosition { digest: StateDigest::EMPTY, ..*replayer.position() };
    assert_eq!((position.entry, position.tx_seq), (3, 2), "entry 2 is a rejection");
    let options = ReplayOptions { to_entry: Some(7), ..ReplayOptions::default() };
    assert_eq!(replay(&world, None, options).position().entry, 7);
}

#[test]
fn recovery_never_runs_the_plugin() {
    let (mut world, image) = recorded(&many(), Some(20));
    let panics = build(ledger::PANICS);
    world.disk.restart();
    let mut engine = DurableEngine::open(&world.directory, &panics, world.options()).unwrap();
    assert!(engine.engine().store().image() == image);
    let failed = engine.submit(&RuntimeCommandRef::new(1, 36, 0, &[0; 16])).unwrap();
    let outcome = failed.logged().unwrap().entry().outcome;
    assert!(matches!(outcome, EntryOutcome::Failed(_)), "{outcome:?}");
    drop(engine);
    world.disk.restart();
    world.open().unwrap();
}

#[test]
fn plugin_with_another_name_or_schema_is_refused_with_the_differences() {
    let (world, _) = recorded(&[STORE], None);
    let plugin = crate::other_schema::plugin();
    let error = Replayer::of_directory(&world.directory, Some(&plugin), ReplayOptions::default());
    let text = error.unwrap_err().to_string();
    assert!(
        text.contains("field Item.value: u64 at byte 8, then u32 at byte 8 (needs migration"),
        "{text}"
    );
}
