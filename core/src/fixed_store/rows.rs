//! The records of all kinds, and their order.

use core::mem;

use crate::abi::{RecordKey, RecordKind, SysId};

/// Position of a record in memory. It does not change while the record exists.
pub(super) type Slot = u16;

/// Records in slots of one size: the data, and behind it the encoded primary key, so that a lookup
/// compares bytes and encodes nothing.
///
/// `order` lists all slots: first the `len` used ones, in ascending order of kind and number, then
/// the free ones. Creating and deleting shifts the list; records do not move.
pub(super) struct Rows<'m> {
    keys: &'m mut [RecordKey],
    bytes: &'m mut [u8],
    row_size: usize,
    order: &'m mut [Slot],
    len: usize,
}

impl<'m> Rows<'m> {
    /// No records. There are as many keys as slots, and bytes for as many rows.
    pub(super) fn new(
        keys: &'m mut [RecordKey],
        bytes: &'m mut [u8],
        row_size: usize,
        order: &'m mut [Slot],
    ) -> Self {
        // The list drives the loop, because there may be no number after the last slot's.
        for (place, slot) in order.iter_mut().zip(0..=Slot::MAX) {
            *place = slot;
        }
        Self { keys, bytes, row_size, order, len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn capacity(&self) -> usize {
        self.order.len()
    }

    pub(super) fn find(&self, key: RecordKey) -> Option<Slot> {
        self.find_place(key).map(|(_, slot)| slot)
    }

    /// The record of a kind with a primary key, which lies at `at` in the kind's rows.
    pub(super) fn find_pk(&self, kind: RecordKind, at: usize, pk: &[u8]) -> Option<Slot> {
        let has_key = |slot: &Slot| {
            let key = self.row(*slot).get(at..at + pk.len());
            // From the end, where big-endian numbers usually differ.
            key.is_some_and(|key| key.iter().rev().eq(pk.iter().rev()))
        };
        self.of_kind(kind).iter().copied().find(has_key)
    }

    /// The slots of one kind, in ascending order of the numbers.
    pub(super) fn of_kind(&self, kind: RecordKind) -> &[Slot] {
        let start = self.place(RecordKey { kind, sys_id: 0 });
        let end = self.place(RecordKey { kind, sys_id: SysId::MAX });
        self.taken().get(start..end).unwrap_or_default()
    }

    /// The kind and number of the record in a slot.
    pub(super) fn key(&self, slot: Slot) -> RecordKey {
        self.keys.get(usize::from(slot)).copied().unwrap_or(NO_RECORD)
    }

    /// The data of the record in a slot, and behind it the primary key.
    pub(super) fn row(&self, slot: Slot) -> &[u8] {
        let start = usize::from(slot) * self.row_size;
        self.bytes.get(start..start + self.row_size).unwrap_or_default()
    }

    /// [`row`](Self::row) for writing.
    pub(super) fn row_mut(&mut self, slot: Slot) -> &mut [u8] {
        let start = usize::from(slot) * self.row_size;
        self.bytes.get_mut(start..start + self.row_size).unwrap_or_default()
    }

    /// Stores a record under a new key, if there is room.
    pub(super) fn insert(&mut self, key: RecordKey, row: &[u8]) {
        let place = self.place(key);
        let Some(&slot) = self.order.get(self.len) else { return };
        shift_right(self.order.get_mut(place..=self.len).unwrap_or_default());
        self.len += 1;
        if let Some(stored) = self.keys.get_mut(usize::from(slot)) {
            *stored = key;
        }
        copy(self.row_mut(slot), row);
    }

    /// Replaces a record's row by one with the same primary key.
    pub(super) fn replace(&mut self, key: RecordKey, row: &[u8]) {
        if let Some(slot) = self.find(key) {
            copy(self.row_mut(slot), row);
        }
    }

    /// Removes a record, if it is there.
    pub(super) fn remove(&mut self, key: RecordKey) {
        if let Some((place, _)) = self.find_place(key) {
            shift_left(self.order.get_mut(place..self.len).unwrap_or_default());
            self.len -= 1;
        }
    }

    /// The place of a record in the order, and its slot.
    fn find_place(&self, key: RecordKey) -> Option<(usize, Slot)> {
        let place = self.place(key);
        let slot = self.taken().get(place).copied()?;
        (self.key(slot) == key).then_some((place, slot))
    }

    /// The place of a key in the order, whether or not there is such a record.
    fn place(&self, key: RecordKey) -> usize {
        self.taken().partition_point(|slot| self.key(*slot) < key)
    }

    fn taken(&self) -> &[Slot] {
        self.order.get(..self.len).unwrap_or_default()
    }
}

/// Kind 0 is reserved.
pub(super) const NO_RECORD: RecordKey = RecordKey { kind: 0, sys_id: 0 };

/// Copies bytes. All callers pass equal lengths.
pub(super) fn copy(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// Moves the last slot to the front, and the others up.
fn shift_right(slots: &mut [Slot]) {
    let mut carried = slots.last().copied().unwrap_or_default();
    for slot in slots {
        mem::swap(slot, &mut carried);
    }
}

/// Moves the first slot to the end, and the others down.
fn shift_left(slots: &mut [Slot]) {
    let mut carried = slots.first().copied().unwrap_or_default();
    for slot in slots.iter_mut().rev() {
        mem::swap(slot, &mut carried);
    }
}
