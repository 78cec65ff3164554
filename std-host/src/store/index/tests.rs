//! Tests of the index.

use std::collections::HashMap;

use super::{Index, LOAD};
use crate::store::rows::{Rows, Slot};

/// Rows with keys of 8 bytes, and an index of them beside a model.
struct Keys {
    rows: Rows,
    index: Index,
    model: HashMap<u64, Slot>,
}

impl Keys {
    fn new() -> Self {
        let rows = Rows::new(8, 0).unwrap();
        Self { rows, index: Index::default(), model: HashMap::new() }
    }

    fn insert(&mut self, key: u64) {
        let slot = self.rows.claim().unwrap().slot;
        self.rows.key_and_data(slot).0.copy_from_slice(&key.to_be_bytes());
        self.index.reserve_one().unwrap();
        let inserted = self.index.insert(&self.rows, slot);
        assert_eq!(inserted.err(), self.model.get(&key).copied(), "key {key}");
        if inserted.is_ok() {
            self.model.insert(key, slot);
        } else {
            self.rows.release(slot);
        }
    }

    fn take(&mut self, key: u64) {
        let taken = self.index.take(&self.rows, &key.to_be_bytes());
        assert_eq!(taken, self.model.remove(&key), "key {key}");
        self.rows_released(taken);
    }

    fn rows_released(&mut self, slot: Option<Slot>) {
        slot.into_iter().for_each(|slot| self.rows.release(slot));
    }

    fn check(&self, keys: std::ops::Range<u64>) {
        for key in keys {
            let found = self.index.find(&self.rows, &key.to_be_bytes()).map(|place| place.slot);
            assert_eq!(found, self.model.get(&key).copied(), "key {key}");
        }
        assert_eq!(self.index.len(), self.model.len());
    }
}

#[test]
fn keys_are_found_while_the_index_grows_and_shrinks() {
    let mut keys = Keys::new();
    let count = 20_000;
    for key in 0..count {
        keys.insert(key * 3);
        keys.insert(key * 3 / 2);
        if key % 1000 == 0 {
            keys.check(0..key * 3 + 3);
        }
    }
    keys.check(0..count * 3);
    assert!(keys.index.spilled.len() > 0, "no bucket has spilled");
    for key in (0..count * 3).filter(|key| key % 7 != 0) {
        keys.take(key);
    }
    keys.check(0..count * 3);
    (0..count * 3).for_each(|key| keys.take(key));
    assert_eq!(keys.index.len(), 0);
}

#[test]
fn buckets_are_merged_in_steps_and_lose_nothing() {
    let mut keys = Keys::new();
    let count = 250_000;
    (0..count).for_each(|key| keys.insert(key));
    let buckets = keys.index.buckets.len();
    assert!(buckets * LOAD <= keys.index.len() + LOAD, "{buckets} buckets");
    (1000..count).for_each(|key| keys.take(key));
    keys.index.release_spare(100, &keys.rows);
    assert_eq!(keys.index.buckets.len(), buckets - 100, "the steps are limited");
    keys.index.release_spare(usize::MAX, &keys.rows);
    assert!(keys.index.buckets.len() < buckets / 2);
    keys.check(0..count);
    (0..count).for_each(|key| keys.insert(key));
    keys.check(0..count);
}

#[test]
fn an_entry_takes_about_ten_bytes_of_buckets() {
    let mut keys = Keys::new();
    for key in 0..100_000 {
        keys.insert(key);
        if key > 1000 && key % 777 == 0 {
            let buckets = keys.index.buckets.len() + keys.index.spilled.len();
            // A seed may spread the keys less evenly than another one.
            assert!(buckets * 64 <= 14 * keys.index.len(), "{buckets} of {key}");
        }
    }
}

#[test]
fn an_index_with_room_for_its_keys_splits_buckets_or_loses_keys() {
    let mut keys = Keys::new();
    let count = 20_000;
    keys.index.reserve(count as usize).unwrap();
    let buckets = keys.index.buckets.len();
    assert_eq!(buckets, (count as usize).div_ceil(LOAD));
    for key in 0..count {
        keys.index.expect([key, key + 1].map(u64::to_be_bytes).iter().map(|key| &key[..]));
        keys.insert(key);
    }
    assert_eq!(keys.index.buckets.len(), buckets);
    keys.insert(7);
    keys.check(0..count);
    // It grows on, and room for more keys leaves those that are there alone.
    keys.index.reserve(count as usize).unwrap();
    for key in count..2 * count {
        keys.insert(key);
    }
    assert!(keys.index.buckets.len() > buckets);
    keys.check(0..2 * count);
}

#[test]
fn an_index_without_buckets_expects_keys() {
    let mut keys = Keys::new();
    keys.index.expect([&[0; 8][..]].into_iter());
    keys.index.reserve(0).unwrap();
    keys.index.expect([&[0; 8][..]].into_iter());
    keys.insert(1);
    keys.check(0..3);
}
