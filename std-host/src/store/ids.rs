//! The record numbers of one table, in order.

mod block;

use std::collections::TryReserveError;

use statevec_abi::abi::SysId;

use super::rows::Slot;
use block::{BLOCK, Block, Entry};

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
        let block = self.blocks.get(self.block(id))?;
        let entry = block.entries.get(block.place(id)?)?;
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
        let position = self.block(id);
        // The last block grows again.
        let shrinks = position + 1 < self.blocks.len();
        let Some(block) = self.blocks.get_mut(position) else { return };
        block.sweep(shrinks);
        if block.entries.is_empty() {
            self.blocks.remove(position);
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

    /// The block that a number belongs to: the last one that does not begin behind it, or the first
    /// one. It begins with a guess that is right if no tombstones were removed.
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
        let block = self.block(id);
        let Some(block) = self.blocks.get_mut(block) else { return };
        if block.set_lives(id, lives) {
            self.live = if lives { self.live + 1 } else { self.live - 1 };
        }
    }
}

#[cfg(test)]
mod tests;
