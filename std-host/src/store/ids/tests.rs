//! Tests of the numbers of records.

use super::{Ids, block::BLOCK};

fn of(ids: impl IntoIterator<Item = u64>) -> Ids {
    let mut all = Ids::default();
    for id in ids {
        all.push(id, id as u32 * 10);
    }
    all
}

#[test]
fn a_list_that_begins_at_a_deleted_number_begins_behind_it() {
    let mut ids = of(1..=9);
    ids.bury(4);
    let from = |first| ids.iter_from(first).map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(from(4), [5, 6, 7, 8, 9]);
    assert_eq!(from(9), [9]);
    assert!(from(10).is_empty());
    assert_eq!(from(0), [1, 2, 3, 5, 6, 7, 8, 9]);
}

/// Deletes numbers for good.
fn delete(all: &mut Ids, ids: impl Iterator<Item = u64> + Clone) {
    ids.clone().for_each(|id| all.bury(id));
    ids.for_each(|id| all.sweep(id));
}

fn entries(ids: &Ids) -> usize {
    ids.blocks.iter().map(|block| block.entries.len()).sum()
}

#[test]
fn every_number_is_found_after_a_sweep_made_the_guess_wrong() {
    let last = 4 * BLOCK as u64 + 7;
    for kept in [3, 5000, BLOCK as u64 - 1, 3 * BLOCK as u64] {
        let mut ids = of(1..=last);
        delete(&mut ids, (1..=last).filter(|id| id % kept != 0));
        let added = last + 1..last + 2 * BLOCK as u64;
        added.clone().for_each(|id| ids.push(id, id as u32 * 10));
        let lives = |id| id > 0 && (id <= last && id % kept == 0 || added.contains(&id));
        for id in 0..=added.end {
            assert_eq!(ids.find(id), lives(id).then_some(id as u32 * 10), "number {id}");
        }
        assert_eq!(ids.find(u64::MAX), None);
        let expected = (1..added.end).filter(|id| lives(*id));
        assert_eq!(ids.len(), expected.clone().count());
        assert!(ids.iter().map(|(id, _)| id).eq(expected), "every {kept}th");
    }
}

#[test]
fn most_entries_are_no_tombstones_after_many_deletes_in_any_order() {
    let count = 3 * BLOCK as u64;
    let mut ids = of(1..=count);
    for step in 0..count {
        let id = step * 7919 % count + 1;
        if !id.is_multiple_of(100) {
            delete(&mut ids, std::iter::once(id));
        }
    }
    assert_eq!(ids.len() as u64, count / 100);
    assert!(entries(&ids) <= 2 * ids.len(), "{} entries", entries(&ids));
    let capacity: usize = ids.blocks.iter().map(|block| block.entries.capacity()).sum();
    assert!(capacity < BLOCK + 1000, "room for {capacity}");
}

#[test]
fn tombstones_are_skipped_and_revived_in_place() {
    let mut ids = of(1..=4);
    ids.bury(2);
    ids.bury(2);
    assert_eq!((ids.len(), ids.find(2)), (3, None));
    assert_eq!(ids.iter().map(|(id, _)| id).collect::<Vec<_>>(), [1, 3, 4]);
    ids.revive(2);
    assert_eq!((ids.len(), ids.find(2)), (4, Some(20)));
    assert_eq!(ids.iter().map(|(id, _)| id).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn a_sweep_waits_until_most_are_tombstones() {
    let mut ids = of(1..=4);
    (1..=2).for_each(|id| ids.bury(id));
    ids.sweep(2);
    assert_eq!(entries(&ids), 4);
    ids.bury(3);
    ids.sweep(3);
    assert_eq!(entries(&ids), 1);
    assert_eq!(ids.find(4), Some(40));
}
