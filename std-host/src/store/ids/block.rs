//! A block of record numbers.

use statevec_abi::abi::SysId;

use crate::store::rows::Slot;

/// How many entries a block holds.
pub(super) const BLOCK: usize = 4096;

/// A block that shrinks keeps room for so many entries.
const KEPT: usize = 64;

/// Entries in ascending order of their numbers.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) entries: Vec<Entry>,
    /// The number of the first entry.
    pub(super) first: SysId,
    /// How many entries are tombstones.
    pub(super) dead: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) id: SysId,
    pub(super) slot: Slot,
    /// False for a tombstone.
    pub(super) lives: bool,
}

impl Block {
    /// The place of a number. It begins with a guess that is right if no tombstones were removed.
    #[inline]
    pub(super) fn place(&self, id: SysId) -> Option<usize> {
        let Self { entries, first, .. } = self;
        let guess = usize::try_from(id.checked_sub(*first)?).unwrap_or(usize::MAX);
        if entries.get(guess).is_some_and(|entry| entry.id == id) {
            return Some(guess);
        }
        let before = entries.get(..guess).unwrap_or(entries);
        before.binary_search_by_key(&id, |entry| entry.id).ok()
    }

    /// Turns a number into a tombstone, or back. Returns false if it is one already, or is not here.
    #[inline]
    pub(super) fn set_lives(&mut self, id: SysId, lives: bool) -> bool {
        let Some(at) = self.place(id) else { return false };
        let Some(entry) = self.entries.get_mut(at).filter(|entry| entry.lives != lives) else {
            return false;
        };
        entry.lives = lives;
        self.dead = if lives { self.dead - 1 } else { self.dead + 1 };
        true
    }

    /// Removes the tombstones if they are more than half of the entries, and then gives back room
    /// if it shall shrink.
    pub(super) fn sweep(&mut self, shrinks: bool) {
        let Self { entries, first, dead } = self;
        if *dead * 2 <= entries.len() {
            return;
        }
        entries.retain(|entry| entry.lives);
        *dead = 0;
        let Some(entry) = entries.first() else { return };
        *first = entry.id;
        if shrinks {
            entries.shrink_to((2 * entries.len()).max(KEPT));
        }
    }
}
