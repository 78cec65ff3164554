//! The net changes of a transaction.

use proptest::{collection::vec, prelude::*};
use statevec_abi::{
    abi::RecordKey,
    fixed_store::{FixedMemory, FixedStore},
    txlog::{Change, StateDigest},
    typed::Record,
};
use statevec_fixtures::model_state::ModelState;

use crate::{
    model::op,
    script::{Bench, Op, SCHEMA, SIZE, Share, Thing, thing},
};

fn key(sys_id: u64) -> RecordKey {
    RecordKey { kind: Thing::KIND, sys_id }
}

/// Runs `before`, and then shows the changes of `ops`.
fn changes_of(before: &[Op], ops: &[Op], check: impl FnOnce(Vec<Change<'_>>)) {
    let mut memory: FixedMemory<24, SIZE, 256, 16, 2> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    bench.run(before).unwrap();
    bench.run_and(ops, |transaction| check(transaction.changes().collect())).unwrap();
}

#[test]
fn updates_of_one_record_are_one_change_from_the_first_data_to_the_last() {
    let ops = [Op::Update(1, 5), Op::Update(1, 6), Op::Update(1, 7)];
    let (old, new) = (thing(1, 2).to_bytes(), thing(1, 7).to_bytes());
    changes_of(&[Op::Create(1, 2)], &ops, |changes| {
        assert_eq!(changes, [Change::Updated { key: key(1), old: &old, new: &new }]);
    });
}

#[test]
fn an_update_that_is_taken_back_is_no_change() {
    let ops = [Op::Update(1, 5), Op::Update(1, 2), Op::Update(2, 2)];
    changes_of(&[Op::Create(1, 2), Op::Create(2, 2)], &ops, |changes| assert_eq!(changes, []));
}

#[test]
fn a_record_that_is_created_and_updated_is_created_with_its_last_data() {
    let data = thing(1, 9).to_bytes();
    changes_of(&[], &[Op::Create(1, 2), Op::Update(1, 9)], |changes| {
        assert_eq!(changes, [Change::Created { key: key(1), data: &data }]);
    });
}

#[test]
fn a_record_that_is_updated_and_deleted_is_deleted_with_its_first_data() {
    let old = thing(1, 2).to_bytes();
    changes_of(&[Op::Create(1, 2)], &[Op::Update(1, 9), Op::Delete(1)], |changes| {
        assert_eq!(changes, [Change::Deleted { key: key(1), old: &old }]);
    });
}

#[test]
fn records_that_come_and_go_with_one_primary_key_are_told_apart() {
    let ops = [Op::Delete(1), Op::Create(1, 3), Op::Delete(1), Op::Create(1, 4), Op::Update(1, 5)];
    let (old, data) = (thing(1, 2).to_bytes(), thing(1, 5).to_bytes());
    changes_of(&[Op::Create(1, 2)], &ops, |changes| {
        let expected = [
            Change::Deleted { key: key(1), old: &old },
            Change::CreatedAndDeleted { key: key(2) },
            Change::Created { key: key(3), data: &data },
        ];
        assert_eq!(changes, expected);
    });
}

#[test]
fn changes_come_in_the_order_in_which_records_were_first_touched() {
    let before = [Op::Create(1, 1), Op::Create(2, 2), Op::Create(3, 3)];
    let ops = [Op::Update(3, 9), Op::CreateShare(1, 1), Op::Update(1, 9), Op::Update(3, 8)];
    changes_of(&before, &ops, |changes| {
        let keys: Vec<_> = changes.iter().map(Change::key).collect();
        assert_eq!(keys, [key(3), RecordKey { kind: Share::KIND, sys_id: 1 }, key(1)]);
    });
}

fn state(store: &FixedStore<'_>) -> ModelState {
    ModelState::read([Thing::KIND, Share::KIND], |kind| {
        let records = store.records(kind).map(|record| (record.sys_id, record.data.to_vec()));
        (records.collect::<Vec<_>>(), store.next_sys_id(kind).unwrap())
    })
}

proptest! {
    #[test]
    fn changes_lead_from_the_state_before_to_the_state_after(
        commands in vec(vec(op(), 0..7), 0..60),
    ) {
        let mut memory: FixedMemory<24, SIZE, 256, 7, 2> = FixedMemory::new();
        let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
        let mut expected = state(&bench.store);
        let mut digest = StateDigest::EMPTY;
        for ops in &commands {
            bench.run_and(ops, |transaction| {
                for change in transaction.changes() {
                    expected.apply(&change);
                    digest.apply(&change);
                }
            });
            prop_assert_eq!(&state(&bench.store), &expected);
            prop_assert_eq!(bench.store.digest(), digest);
        }
    }
}
