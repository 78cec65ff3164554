//! The rows of one table in the order of their primary keys.

use std::{
    collections::TryReserveError,
    ops::{Bound, Range},
};

use super::{
    rows::{Rows, Slot},
    spare::release_spare,
};

/// Row numbers in ascending order of the keys, for record kinds whose schema asks for range scans.
///
/// The numbers lie in blocks. An insertion moves the numbers behind it inside one block, and splits
/// a full block in two. So it costs a binary search and a move of at most [`BLOCK`] numbers; the
/// list of blocks is moved by a split only. The keys stay in the rows.
///
/// A row that the running transaction deleted stays until the transaction commits, so that undoing
/// the deletion cannot fail. Until then two rows may have one key: the older record comes first.
#[derive(Debug, Default)]
pub(super) struct KeyOrder {
    /// No block is empty, and each has room for [`BLOCK`] numbers.
    blocks: Vec<Vec<Slot>>,
    /// An empty block for the next split, so that the split itself does not allocate.
    spare: Vec<Slot>,
}

/// How many row numbers a block holds.
const BLOCK: usize = 512;

/// The place of a row number: its block, and its position there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    block: usize,
    at: usize,
}

impl KeyOrder {
    /// Makes room for one more row, so that the next [`insert`](Self::insert) does not allocate.
    pub(super) fn reserve_one(&mut self) -> Result<(), TryReserveError> {
        self.blocks.try_reserve(1)?;
        self.spare.try_reserve_exact(BLOCK)
    }

    /// Adds a row, whose key and number are set.
    pub(super) fn insert(&mut self, rows: &Rows, slot: Slot) {
        let Place { block, at } = self.place_of(rows, slot);
        let Some(numbers) = self.blocks.get_mut(block) else { return self.push(slot) };
        if numbers.len() < BLOCK {
            numbers.insert(at, slot);
            return;
        }
        let mut upper = std::mem::take(&mut self.spare);
        upper.extend(numbers.drain(BLOCK / 2..));
        match at.checked_sub(numbers.len()) {
            Some(at) => upper.insert(at, slot),
            None => numbers.insert(at, slot),
        }
        self.blocks.insert(block + 1, upper);
    }

    /// Adds a row behind all others. A full last block is not split, so that ascending keys fill
    /// the blocks.
    fn push(&mut self, slot: Slot) {
        match self.blocks.last_mut() {
            Some(last) if last.len() < BLOCK => last.push(slot),
            _ => {
                let mut block = std::mem::take(&mut self.spare);
                block.push(slot);
                self.blocks.push(block);
            }
        }
    }

    /// Removes a row, and merges its block with the next one if both are nearly empty.
    pub(super) fn remove(&mut self, rows: &Rows, slot: Slot) {
        let Place { block, at } = self.place_of(rows, slot);
        let Some(numbers) = self.blocks.get_mut(block) else { return };
        if numbers.get(at) != Some(&slot) {
            return;
        }
        numbers.remove(at);
        let len = numbers.len();
        if len == 0 {
            self.blocks.remove(block);
        } else if let Some(next) = self.blocks.get(block + 1)
            && len + next.len() <= BLOCK / 2
        {
            let next = self.blocks.remove(block + 1);
            if let Some(numbers) = self.blocks.get_mut(block) {
                numbers.extend(next);
            }
        }
    }

    /// The rows whose keys lie between two bounds, in ascending order of the keys. There are none
    /// if the bounds are in the wrong order.
    pub(super) fn range<'o>(
        &'o self,
        rows: &Rows,
        low: Bound<&[u8]>,
        high: Bound<&[u8]>,
    ) -> impl DoubleEndedIterator<Item = Slot> + use<'o> {
        let start = match low {
            Bound::Unbounded => Place { block: 0, at: 0 },
            Bound::Included(low) => self.place(rows, |key| key < low),
            Bound::Excluded(low) => self.place(rows, |key| key <= low),
        };
        let end = match high {
            Bound::Unbounded => Place { block: self.blocks.len(), at: 0 },
            Bound::Included(high) => self.place(rows, |key| key <= high),
            Bound::Excluded(high) => self.place(rows, |key| key < high),
        };
        self.between(start, end.max(start))
    }

    /// The row numbers from one place up to another.
    fn between(&self, start: Place, end: Place) -> impl DoubleEndedIterator<Item = Slot> + use<'_> {
        let touched = self.blocks.get(start.block..).unwrap_or_default();
        let count = (end.block - start.block).saturating_add(1).min(touched.len());
        let touched = touched.get(..count).unwrap_or_default();
        touched.iter().enumerate().flat_map(move |(position, numbers)| {
            let block = start.block + position;
            let from = if block == start.block { start.at } else { 0 };
            let to = if block == end.block { end.at } else { numbers.len() };
            let Range { start, end } = from..to;
            numbers.get(start..end).unwrap_or_default().iter().copied()
        })
    }

    /// The place of the first row whose key is not `before`.
    fn place(&self, rows: &Rows, before: impl Fn(&[u8]) -> bool) -> Place {
        self.first_place(|slot| before(rows.key(slot)))
    }

    /// The place of a row, or where it belongs.
    fn place_of(&self, rows: &Rows, slot: Slot) -> Place {
        let of = |slot| (rows.key(slot), rows.id(slot));
        let row = of(slot);
        self.first_place(|other| of(other) < row)
    }

    /// The place of the first row number that is not `before`. Behind all of them this is the start
    /// of the block behind the last.
    fn first_place(&self, before: impl Fn(Slot) -> bool) -> Place {
        let is_before = |slot: &Slot| before(*slot);
        let block = self.blocks.partition_point(|block| block.last().is_some_and(is_before));
        let numbers = self.blocks.get(block).map_or(&[][..], Vec::as_slice);
        Place { block, at: numbers.partition_point(is_before) }
    }

    /// Gives back memory that the rows do not need.
    pub(super) fn release_spare(&mut self) {
        release_spare(&mut self.blocks);
    }
}
