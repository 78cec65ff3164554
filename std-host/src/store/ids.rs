//! The record numbers of one table, in order.

use std::collections::TryReserveError;

use statevec_abi::abi::SysId;

use super::rows::Slot;

/// Maps record numbers to rows, in ascending order of the numbers.
///
/// Numbers ascend and are never used again, so a new one goes to the end. A delete leaves a
/// tombstone, which a rollback can revive. The entries lie in blocks. Once more than half of a
/// block's entries are tombstones, they are removed from it: memory and iteration cost at most
/// twice the live entries, and no step costs more than one block.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// No block is empty.
    blocks: Vec<Block>,
    /// Empty blocks to come, each with room for [`BLOCK`] entries.
    spare: Vec<Vec<Entry>>,
    /// Number of entries that are no tombstones.
    live: usize,
}

#[derive(Debug)]
struct Block {
    entries: Vec<Entry>,
    /// The number of the first entry.
    first: SysId,
    dead: usize,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    id: SysId,
    slot: Slot,
    lives: bool,
}

/// How many entries a block holds.
const BLOCK: usize = 4096;

/// A block that shrinks keeps room for so many entries.
const KEPT: usize = 64;

/// The place of an entry: its block, and its position there.
#[derive(Debug, Clone, Copy)]
struct Place {
    block: usize,
    at: usize,
}

impl Ids {
    /// Makes room for one more, so that the next [`push`](Self::push) does not allocate.
    #[inline]
    pub(super) fn reserve_one(&mut self) -> Result<(), TryReserveError> {
        match self.blocks.last() {
            Some(Block { entries, .. }) if entries.len() < entries.capacity().min(BLOCK) => Ok(()),
            _ => self.reserve(1),
        }
    }

    /// Makes room for more, so that the next calls of [`push`](Self::push) do not allocate.
    #[cold]
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        let mut more = more;
        match self.blocks.as_mut_slice() {
            [] => {}
            // Only the first block grows by doubling.
            [Block { entries, .. }] => {
                let room = more.min(BLOCK - entries.len());
                entries.try_reserve(room)?;
                more -= room;
            }
            [.., last] => more = more.saturating_sub(last.entries.capacity() - last.entries.len()),
        }
        let blocks = more.div_ceil(BLOCK);
        self.blocks.try_reserve(blocks)?;
        self.spare.try_reserve(blocks.saturating_sub(self.spare.len()))?;
        while self.spare.len() < blocks {
            let mut block = Vec::new();
            block.try_reserve_exact(if self.blocks.is_empty() {
                more.min(BLOCK)
            } else {
                BLOCK
            })?;
            self.spare.push(block);
        }
        Ok(())
    }

    /// Adds a number above all others.
    pub(super) fn push(&mut self, id: SysId, slot: Slot) {
        let entry = Entry { id, slot, lives: true };
        self.live += 1;
        match self.blocks.last_mut() {
            Some(Block { entries, .. }) if entries.len() < BLOCK => entries.push(entry),
            _ => {
                let mut entries = self.spare.pop().unwrap_or_default();
                entries.push(entry);
                self.blocks.push(Block { entries, first: id, dead: 0 });
            }
        }
    }

    /// Removes the number that was added last.
    pub(super) fn pop(&mut self) {
        let Some(Block { entries, .. }) = self.blocks.last_mut() else { return };
        entries.pop();
        self.live -= 1;
        if entries.is_empty() {
            self.spare.extend(self.blocks.pop().map(|block| block.entries));
        }
    }

    #[inline]
    pub(super) fn find(&self, id: SysId) -> Option<Slot> {
        let Place { block, at } = self.place(id)?;
        let entry = self.blocks.get(block)?.entries.get(at)?;
        entry.lives.then_some(entry.slot)
    }

    /// Turns a number into a tombstone.
    pub(super) fn bury(&mut self, id: SysId) {
        self.set_lives(id, false);
    }

    /// Turns a tombstone into a number.
    pub(super) fn revive(&mut self, id: SysId) {
        self.set_lives(id, true);
    }

    /// Removes the tombstones around one if they are more than half of their block. They cannot be
    /// revived then.
    pub(super) fn sweep(&mut self, id: SysId) {
        let block = self.block(id);
        let is_last = block + 1 == self.blocks.len();
        let Some(Block { entries, first, dead }) = self.blocks.get_mut(block) else { return };
        if *dead * 2 <= entries.len() {
            return;
        }
        entries.retain(|entry| entry.lives);
        *dead = 0;
        match entries.first() {
            Some(entry) => {
                *first = entry.id;
                // The last block grows again.
                if !is_last {
                    entries.shrink_to((2 * entries.len()).max(KEPT));
                }
            }
            None => {
                self.blocks.remove(block);
            }
        }
    }

    /// Gives back memory that the entries do not need.
    pub(super) fn release_spare(&mut self) {
        self.spare.truncate(1);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (SysId, Slot)> {
        self.iter_from(0)
    }

    /// The numbers from one on.
    pub(super) fn iter_from(&self, first: SysId) -> impl Iterator<Item = (SysId, Slot)> {
        let blocks = self.blocks.get(self.block(first)..).unwrap_or_default();
        let entries = blocks.iter().enumerate().flat_map(move |(position, block)| {
            let start = match position {
                0 => block.entries.partition_point(|entry| entry.id < first),
                _ => 0,
            };
            block.entries.get(start..).unwrap_or_default()
        });
        entries.filter(|entry| entry.lives).map(|entry| (entry.id, entry.slot))
    }

    pub(super) fn len(&self) -> usize {
        self.live
    }

    /// The place of a number. Both steps begin with a guess that is right if no tombstones were
    /// removed.
    #[inline]
    fn place(&self, id: SysId) -> Option<Place> {
        let block = self.block(id);
        let Block { entries, first, .. } = self.blocks.get(block)?;
        let guess = usize::try_from(id.checked_sub(*first)?).unwrap_or(usize::MAX);
        if entries.get(guess).is_some_and(|entry| entry.id == id) {
            return Some(Place { block, at: guess });
        }
        let before = entries.get(..guess).unwrap_or(entries);
        let at = before.binary_search_by_key(&id, |entry| entry.id).ok()?;
        Some(Place { block, at })
    }

    /// The block that a number belongs to: the last one that does not begin behind it, or the first
    /// one.
    #[inline]
    fn block(&self, id: SysId) -> usize {
        let Some(Block { first, .. }) = self.blocks.first() else { return 0 };
        let guess = id.saturating_sub(*first) / BLOCK as SysId;
        let guess = usize::try_from(guess).unwrap_or(usize::MAX);
        let begins = |at: usize| self.blocks.get(at).is_some_and(|block| block.first <= id);
        if begins(guess) && !begins(guess + 1) {
            return guess;
        }
        // A block ends behind at least `BLOCK` numbers, deleted ones included. Only the first block
        // may have lost numbers before its first one, so the guess is at most one too low.
        let end = guess.saturating_add(2);
        let before = self.blocks.get(..end).unwrap_or(&self.blocks);
        before.partition_point(|block| block.first <= id).saturating_sub(1)
    }

    fn set_lives(&mut self, id: SysId, lives: bool) {
        let Some(Place { block, at }) = self.place(id) else { return };
        let Some(block) = self.blocks.get_mut(block) else { return };
        let Some(entry) = block.entries.get_mut(at).filter(|entry| entry.lives != lives) else {
            return;
        };
        entry.lives = lives;
        if lives {
            (block.dead, self.live) = (block.dead - 1, self.live + 1);
        } else {
            (block.dead, self.live) = (block.dead + 1, self.live - 1);
        }
    }
}

#[cfg(test)]
mod tests;
