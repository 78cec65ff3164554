//! The record numbers of one table, in order.

use std::collections::TryReserveError;

use statevec_abi::abi::SysId;

use super::{rows::Slot, spare::release_spare};

/// Maps record numbers to rows, in ascending order of the numbers.
///
/// Numbers ascend and are never used again, so a new one goes to the end. A delete leaves a
/// tombstone, which a rollback can revive. Once more than half of the entries are tombstones, they
/// are removed: memory and iteration cost at most twice the live entries.
#[derive(Debug, Default)]
pub(super) struct Ids {
    entries: Vec<Entry>,
    dead: usize,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    id: SysId,
    slot: Slot,
    lives: bool,
}

impl Ids {
    /// Makes room for more, so that the next calls of [`push`](Self::push) cannot fail.
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        self.entries.try_reserve(more)
    }

    /// Adds a number above all others.
    pub(super) fn push(&mut self, id: SysId, slot: Slot) {
        self.entries.push(Entry { id, slot, lives: true });
    }

    /// Removes the number that was added last.
    pub(super) fn pop(&mut self) {
        self.entries.pop();
    }

    pub(super) fn find(&self, id: SysId) -> Option<Slot> {
        let entry = self.entries.get(self.place(id)?)?;
        entry.lives.then_some(entry.slot)
    }

    /// Turns a number into a tombstone.
    pub(super) fn bury(&mut self, id: SysId) {
        self.dead += self.set_lives(id, false);
    }

    /// Turns a tombstone into a number.
    pub(super) fn revive(&mut self, id: SysId) {
        self.dead -= self.set_lives(id, true);
    }

    /// Removes the tombstones if they are more than half of the entries. They cannot be revived
    /// then.
    pub(super) fn sweep(&mut self) {
        if self.dead * 2 > self.entries.len() {
            self.entries.retain(|entry| entry.lives);
            self.dead = 0;
        }
    }

    /// Gives back memory that the entries do not need.
    pub(super) fn release_spare(&mut self) {
        release_spare(&mut self.entries);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (SysId, Slot)> {
        self.iter_from(0)
    }

    /// The numbers from one on.
    pub(super) fn iter_from(&self, first: SysId) -> impl Iterator<Item = (SysId, Slot)> {
        let start = self.entries.partition_point(|entry| entry.id < first);
        let entries = self.entries.get(start..).unwrap_or_default();
        entries.iter().filter(|entry| entry.lives).map(|entry| (entry.id, entry.slot))
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len() - self.dead
    }

    /// Index of `id`: exact if no tombstone was removed; otherwise a binary search of the entries
    /// before that index.
    fn place(&self, id: SysId) -> Option<usize> {
        let first = self.entries.first()?.id;
        let guess = usize::try_from(id.checked_sub(first)?).unwrap_or(usize::MAX);
        if self.entries.get(guess).is_some_and(|entry| entry.id == id) {
            return Some(guess);
        }
        let before = self.entries.get(..guess).unwrap_or(&self.entries);
        before.binary_search_by_key(&id, |entry| entry.id).ok()
    }

    /// Returns the number of entries that changed: 0 if there is no such entry, or it was so
    /// before.
    fn set_lives(&mut self, id: SysId, lives: bool) -> usize {
        let entry = self.place(id).and_then(|place| self.entries.get_mut(place));
        let changes = entry.filter(|entry| entry.lives != lives);
        changes.map_or(0, |entry| {
            entry.lives = lives;
            1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

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

    #[test]
    fn every_number_is_found_after_a_sweep_made_the_guess_wrong() {
        let mut ids = of(1..=100);
        (1..=100).filter(|id| id % 3 != 0).for_each(|id| ids.bury(id));
        ids.sweep();
        assert_eq!(ids.entries.len(), 33);
        for id in 0..=101 {
            let expected = (id > 0 && id <= 100 && id % 3 == 0).then_some(id as u32 * 10);
            assert_eq!(ids.find(id), expected, "number {id}");
        }
        assert_eq!(ids.find(u64::MAX), None);
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
        ids.sweep();
        assert_eq!(ids.entries.len(), 4);
        ids.bury(3);
        ids.sweep();
        assert_eq!(ids.entries.len(), 1);
        assert_eq!(ids.find(4), Some(40));
    }
}
