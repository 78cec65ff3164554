//! The net changes of a transaction, as a recorder sees them before the commit.

use std::convert::Infallible;

use proptest::{collection::vec, prelude::*};
use statevec_abi::{
    abi::RecordKey,
    txlog::{Change, StateDigest},
};
use statevec_fixtures::model_state::ModelState;
use statevec_host::{Engine, Outcome, Store};

use crate::{
    random::script,
    schema::{ACCOUNT, NOTE, PAIR},
    script::{Script, Step, commit, engine},
};

const fn create(key: u64, value: i64) -> Step {
    Step::Create { kind: ACCOUNT, key, value }
}

const fn update(key: u64, value: i64) -> Step {
    Step::Update { kind: ACCOUNT, key, value }
}

const fn delete(key: u64) -> Step {
    Step::Delete { kind: ACCOUNT, key }
}

/// Runs a script, and shows its changes if it commits.
fn record(engine: &mut Engine, script: &Script, mut each: impl FnMut(&Change<'_>)) -> bool {
    let payload = script.payload();
    let ext_seq = engine.position().next_ext_seq().unwrap();
    let outcome = engine.run_recorded(&script.command(ext_seq, &payload), |_, transaction| {
        transaction.changes().unwrap().for_each(|change| each(&change));
        Ok::<(), Infallible>(())
    });
    outcome.unwrap().is_committed()
}

/// The changes of steps after `before`, as text without data.
fn changes_of(before: &[Step], steps: &[Step]) -> Vec<String> {
    let mut engine = engine();
    commit(&mut engine, before);
    let mut changes = Vec::new();
    assert!(record(&mut engine, &Script::strict(steps), |change| {
        let (name, RecordKey { kind, sys_id }) = (format!("{change:?}"), change.key());
        let name = name.split_once(' ').unwrap().0;
        changes.push(format!("{name} {kind} {sys_id}"));
    }));
    changes
}

#[test]
fn updates_of_one_record_are_one_change() {
    let changes = changes_of(&[create(1, 2)], &[update(1, 5), update(1, 6)]);
    assert_eq!(changes, [format!("Updated {ACCOUNT} 1")]);
    let mut engine = engine();
    commit(&mut engine, &[create(1, 2)]);
    let before = engine.store().get(ACCOUNT, 1).unwrap().to_vec();
    let mut seen = Vec::new();
    record(&mut engine, &Script::strict([update(1, 5), update(1, 6)]), |change| match change {
        Change::Updated { old, new, .. } => seen.push((old.to_vec(), new.to_vec())),
        other => panic!("{other:?}"),
    });
    assert_eq!(seen, [(before, engine.store().get(ACCOUNT, 1).unwrap().to_vec())]);
}

#[test]
fn an_update_that_is_taken_back_is_no_change() {
    assert!(changes_of(&[create(1, 2)], &[update(1, 5), update(1, 2)]).is_empty());
}

#[test]
fn records_that_come_and_go_with_one_primary_key_are_told_apart() {
    let steps = [delete(1), create(1, 3), delete(1), create(1, 4), update(1, 5)];
    let expected = ["Deleted 1", "CreatedAndDeleted 2", "Created 3"];
    let expected = expected.map(|change| change.replace(' ', &format!(" {ACCOUNT} ")));
    assert_eq!(changes_of(&[create(1, 2)], &steps), expected);
}

#[test]
fn many_changes_come_in_the_order_in_which_records_were_first_touched() {
    let before: Vec<_> = (0..100).map(|key| create(key, 0)).collect();
    let touched = (0..100).rev().map(|key| update(key, 1));
    let steps: Vec<_> = touched.chain((0..100).map(|key| update(key, 2))).collect();
    let expected: Vec<_> = (1..=100).rev().map(|id| format!("Updated {ACCOUNT} {id}")).collect();
    assert_eq!(changes_of(&before, &steps), expected);
}

#[test]
fn a_recorder_that_fails_undoes_the_transaction_and_its_number() {
    let mut engine = engine();
    commit(&mut engine, &[create(1, 2)]);
    let before = engine.store().image();
    let payload = Script::strict([create(2, 2), update(1, 9)]).payload();
    let command = Script::strict([]).command(2, &payload);
    let failed = engine.run_recorded(&command, |tx_seq, transaction| {
        assert_eq!((tx_seq, transaction.events().count()), (2, 2));
        Err("no room")
    });
    assert_eq!(failed.unwrap_err(), "no room");
    assert_eq!((engine.store().image(), engine.tx_seq()), (before, 1));
    assert!(matches!(engine.run(&command), Outcome::Committed { tx_seq: 2, .. }));
}

#[test]
fn a_refused_command_is_not_recorded() {
    let mut engine = engine();
    let script = Script::strict([create(1, 1), Step::Reject]);
    assert!(!record(&mut engine, &script, |change| panic!("{change:?}")));
}

fn state(store: &Store) -> ModelState {
    ModelState::read([ACCOUNT, PAIR, NOTE], |kind| {
        let records = store.records(kind).map(|record| (record.sys_id, record.data.to_vec()));
        (records.collect::<Vec<_>>(), store.next_sys_id(kind).unwrap())
    })
}

proptest! {
    #[test]
    fn changes_lead_from_the_state_before_to_the_state_after(scripts in vec(script(), 1..24)) {
        let mut engine = engine();
        let mut expected = state(engine.store());
        let mut digest = StateDigest::EMPTY;
        for script in &scripts {
            record(&mut engine, script, |change| {
                expected.apply(change);
                digest.apply(change);
            });
            prop_assert_eq!(&state(engine.store()), &expected);
            prop_assert_eq!(engine.store().digest(), digest);
        }
    }
}
