//! Key ranges over many records, which the random scripts do not make.

use std::{
    collections::BTreeSet,
    ops::Bound::{Excluded, Included, Unbounded},
};

use statevec_host::Store;

use crate::{
    schema::{PAIR, pk},
    script::{Ran, Script, Step, commit, engine, run},
};

const KEYS: u64 = 3_000;

fn create(key: u64) -> Step {
    Step::Create { kind: PAIR, key, value: 0 }
}

fn delete(key: u64) -> Step {
    Step::Delete { kind: PAIR, key }
}

/// The keys in three orders: ascending, descending and mixed.
fn orders() -> [Vec<u64>; 3] {
    let mixed = (0..KEYS).map(|key| key * 1_013 % KEYS);
    [(0..KEYS).collect(), (0..KEYS).rev().collect(), mixed.collect()]
}

fn stored(store: &Store) -> Vec<Vec<u8>> {
    let records = store.range(PAIR, Unbounded, Unbounded).unwrap();
    records.map(|record| record.data[3..6].to_vec()).collect()
}

fn keys<'k>(keys: impl IntoIterator<Item = &'k u64>) -> Vec<Vec<u8>> {
    let keys: BTreeSet<_> = keys.into_iter().map(|key| pk(PAIR, *key)).collect();
    keys.into_iter().map(|key| key[..3].to_vec()).collect()
}

#[test]
fn many_records_leave_the_order_of_their_keys() {
    for order in orders() {
        let mut engine = engine();
        for part in order.chunks(100) {
            commit(&mut engine, &part.iter().copied().map(create).collect::<Vec<_>>());
        }
        assert_eq!(stored(engine.store()), keys(&order));
        engine.store().check_consistency().unwrap();

        let (gone, left) = order.split_at(order.len() - 40);
        for part in gone.chunks(100) {
            commit(&mut engine, &part.iter().copied().map(delete).collect::<Vec<_>>());
        }
        assert_eq!(stored(engine.store()), keys(left));
        engine.store().check_consistency().unwrap();
    }
}

#[test]
fn an_undone_transaction_leaves_the_order_as_it_was() {
    for order in orders() {
        let mut engine = engine();
        let (first, second) = order.split_at(1_500);
        commit(&mut engine, &first.iter().copied().map(create).collect::<Vec<_>>());
        // Deletes all, creates all in another order, and deletes some of them again.
        let steps =
            first.iter().map(|key| delete(*key)).chain(order.iter().rev().map(|key| create(*key)));
        let steps = steps.chain(second.iter().map(|key| delete(*key))).chain([Step::Reject]);
        assert!(matches!(
            run(&mut engine, &Script::strict(steps.collect::<Vec<_>>())),
            Ran::Rejected(2001, _)
        ));
        assert_eq!(stored(engine.store()), keys(first));
        engine.store().check_consistency().unwrap();
    }
}

#[test]
fn bounds_in_the_wrong_order_give_records() {
    let mut engine = engine();
    commit(&mut engine, &(0..9).map(create).collect::<Vec<_>>());
    let (low, high) = (pk(PAIR, 2), pk(PAIR, 6));
    let count = |low, high| engine.store().range(PAIR, low, high).unwrap().count();
    assert_eq!(count(Included(&high), Included(&low)), 0);
    assert_eq!(count(Excluded(&low), Excluded(&low)), 0);
    assert_eq!(count(Included(&low), Excluded(&high)), 4);
}
