//! Writes that the store refuses, and the texts of the refusals.

use statevec_abi::{
    abi::{RuntimeErrorBuf, RuntimeErrorPhase, runtime_error_kind::HOST_INTERNAL_ERROR},
    boundary::ErrorSlot,
    host::Host as _,
};
use statevec_host::{Engine, LoadedPlugin, Store};

use crate::{
    schema::{ACCOUNT, NOTE, PAIR, SEEN, pk},
    script::{Ran, SCRIPTED, Script, Step, commit, engine, run},
};

const CREATE: Step = Step::Create { kind: ACCOUNT, key: 0xab, value: 10 };
const CREATE_PAIR: Step = Step::Create { kind: PAIR, key: 1, value: 10 };

/// Runs steps, the last of which is refused, and checks that nothing changed, both when the command
/// ends there and when it goes on.
fn refused(engine: &mut Engine, steps: &[Step]) -> String {
    match not_done(engine, steps) {
        Ran::Rejected(4001, text) => text,
        ran => panic!("{steps:?} was not refused: {ran:?}"),
    }
}

/// As [`refused`], where the plugin breaks its own schema: a failure and not a rejection.
fn unlisted(engine: &mut Engine, steps: &[Step]) -> String {
    match not_done(engine, steps) {
        Ran::Failed(1001, text) => text,
        ran => panic!("{steps:?} did not fail: {ran:?}"),
    }
}

fn not_done(engine: &mut Engine, steps: &[Step]) -> Ran {
    let before = engine.store().image();
    let ran = run(engine, &Script::tolerant(steps));
    assert!(
        matches!(&ran, Ran::Committed(events) if events.last().is_some_and(|event| event == b"refused")),
        "{ran:?}"
    );
    assert_eq!(engine.store().image(), before);
    let ran = run(engine, &Script::strict(steps));
    assert_eq!(engine.store().image(), before);
    engine.store().check_consistency().unwrap();
    ran
}

#[test]
fn duplicate_primary_key_names_record_and_key() {
    let mut engine = engine();
    commit(&mut engine, &[CREATE]);
    assert_eq!(refused(&mut engine, &[CREATE]), "Account (id 171) exists already");
}

#[test]
fn refused_create_uses_up_no_number() {
    let mut engine = engine();
    let other = Step::Create { kind: ACCOUNT, key: 2, value: 0 };
    let Ran::Committed(events) = run(&mut engine, &Script::tolerant([CREATE, CREATE, other]))
    else {
        panic!()
    };
    assert_eq!(
        events,
        [1_u64.to_le_bytes().to_vec(), b"refused".to_vec(), 2_u64.to_le_bytes().to_vec()]
    );
}

#[test]
fn update_that_changes_the_key_is_undone() {
    let mut engine = engine();
    commit(&mut engine, &[CREATE]);
    let text = refused(&mut engine, &[Step::UpdateKey { kind: ACCOUNT, key: 0xab, new_key: 2 }]);
    assert_eq!(text, "update of Account (id 171) changes its primary key field id");
}

#[test]
fn update_that_changes_an_immutable_field_is_undone() {
    let mut engine = engine();
    commit(&mut engine, &[CREATE]);
    let text = refused(&mut engine, &[Step::UpdateOpened { kind: ACCOUNT, key: 0xab, opened: 2 }]);
    assert_eq!(text, "update of Account (id 171) changes its immutable field opened");
}

#[test]
fn either_part_of_a_composite_key_counts() {
    let mut engine = engine();
    commit(&mut engine, &[CREATE_PAIR]);
    let name = refused(&mut engine, &[Step::UpdateKey { kind: PAIR, key: 1, new_key: 2 }]);
    let flag =
        refused(&mut engine, &[Step::UpdateKey { kind: PAIR, key: 1, new_key: 1 | 1 << 24 }]);
    assert_eq!(name, "update of Pair (name 0x01, flag false) changes its primary key field name");
    assert_eq!(flag, "update of Pair (name 0x01, flag false) changes its primary key field flag");
}

#[test]
fn update_that_writes_the_same_key_again_is_none_that_changes_it() {
    let mut engine = engine();
    commit(&mut engine, &[CREATE]);
    commit(&mut engine, &[Step::UpdateKey { kind: ACCOUNT, key: 0xab, new_key: 0xab }]);
    let data = engine.store().get(ACCOUNT, 1).unwrap();
    assert_eq!(data[12..20], crate::script::STRAY.to_le_bytes());
}

#[test]
fn bytes_that_make_no_difference_to_the_key_may_change() {
    let mut engine = engine();
    commit(&mut engine, &[Step::Create { kind: PAIR, key: 1 << 24, value: 10 }]);
    let before = engine.store().image();
    for other in [2 << 24, 3 << 24, 1 << 24 | 1 << 32] {
        commit(&mut engine, &[Step::UpdateKey { kind: PAIR, key: 1 << 24, new_key: other }]);
        assert_ne!(engine.store().image(), before);
        engine.store().check_consistency().unwrap();
    }
}

#[test]
fn unlisted_kind_passes_for_a_rejection() {
    let mut engine = engine();
    let record = "the schema has no record kind 9: add the record to records: […] of schema!";
    let create = Step::Create { kind: 9, key: 1, value: 0 };
    assert_eq!(unlisted(&mut engine, &[create]), record);
    assert_eq!(unlisted(&mut engine, &[Step::Walk { kind: 9 }]), record);
    let read = Step::ReadById { kind: 0, id: 1 };
    assert_eq!(unlisted(&mut engine, &[read]), record.replace('9', "0"));
    assert_eq!(
        unlisted(&mut engine, &[Step::Emit { kind: 8, byte: 1 }]),
        "the schema has no event kind 8: add the event to events: […] of schema!"
    );
}

#[test]
fn record_without_a_key_is_read_by_number_only() {
    let mut engine = engine();
    let note = Step::Create { kind: NOTE, key: 0, value: 3 };
    let events = commit(&mut engine, &[note, note, Step::ReadById { kind: NOTE, id: 2 }]);
    assert_eq!(events[2], 3_i64.to_le_bytes());
    let text = unlisted(&mut engine, &[Step::Update { kind: NOTE, key: 0, value: 1 }]);
    assert_eq!(
        text,
        "the schema has no record kind 5 with a primary key: \
         add the record to records: […] of schema!, with pk(…)"
    );
    assert_eq!(engine.store().get_by_pk(NOTE, &[]), None);
}

#[test]
fn write_outside_of_a_transaction_is_refused() {
    let plugin = LoadedPlugin::from_static(&SCRIPTED).unwrap();
    let mut store = Store::new(plugin.schema().clone()).unwrap();
    let mut error = RuntimeErrorBuf::RESET;
    let emitted = ErrorSlot::scope(&mut error, RuntimeErrorPhase::RunTx, |slot| {
        store.emit_event(SEEN, &[1], slot)
    });
    assert_eq!((emitted, error.kind), (None, HOST_INTERNAL_ERROR));
    assert!(error.message().to_string().contains("outside of a transaction"));
    let key = pk(ACCOUNT, 1);
    let deleted = ErrorSlot::scope(&mut error, RuntimeErrorPhase::RunTx, |slot| {
        store.delete_by_pk(ACCOUNT, &key, slot)
    });
    assert_eq!(deleted, None);

    let transaction = store.begin();
    std::mem::forget(transaction);
    let emitted = ErrorSlot::scope(&mut error, RuntimeErrorPhase::RunTx, |slot| {
        store.emit_event(SEEN, &[1], slot)
    });
    assert_eq!(emitted, Some(()), "a leaked transaction goes on");
    assert_eq!(store.begin().commit().len(), 0, "and ends, undone, when the next begins");
}
