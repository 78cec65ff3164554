//! The records of all kinds, and their order.

use core::mem;

use super::{key, layout};
use crate::{
    abi::{RecordKey, RecordKind, SysId},
    schema::RecordDef,
};

/// What is kept of a record beside its data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    sys_id: SysId,
    /// Hash of the primary key: most records that are not looked for differ here.
    hash: u32,
    kind: RecordKind,
}

impl Header {
    pub(super) const FREE: Self = Self { sys_id: 0, hash: 0, kind: 0 };
}

/// Position of a record in memory; it stays the same as long as the record lives.
pub(super) type Slot = u16;

/// The records. Its slots are all listed in `order`: first the `len` that are taken, in ascending order of kind and number, then the free ones.
///
/// Creating and deleting shifts that list. Records themselves never move.
pub(super) struct Rows<'m> {
    headers: &'m mut [Header],
    data: &'m mut [u8],
    record_size: usize,
    order: &'m mut [Slot],
    len: usize,
    /// The next number of each kind, in the schema's order.
    next_ids: &'m mut [SysId],
}

impl<'m> Rows<'m> {
    pub(super) fn new(
        headers: &'m mut [Header],
        data: &'m mut [u8],
        record_size: usize,
        order: &'m mut [Slot],
        next_ids: &'m mut [SysId],
    ) -> Self {
        for (slot, place) in (0..).zip(order.iter_mut()) {
            *place = slot;
        }
        next_ids.fill(1);
        Self { headers, data, record_size, order, len: 0, next_ids }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) const fn capacity(&self) -> usize {
        self.order.len()
    }

    pub(super) fn next_id(&self, position: usize) -> Option<SysId> {
        self.next_ids.get(position).copied()
    }

    pub(super) fn set_next_id(&mut self, position: usize, next: SysId) {
        if let Some(place) = self.next_ids.get_mut(position) {
            *place = next;
        }
    }

    pub(super) fn find(&self, key: RecordKey) -> Option<Slot> {
        self.taken().get(self.place(key).ok()?).copied()
    }

    /// The record of a primary key. `pk` has the kind's length, or else there is none.
    pub(super) fn find_pk(&self, record: &RecordDef<'_>, pk: &[u8]) -> Option<Slot> {
        let size = layout::data_size(record);
        self.find_hash(record.kind, key::hash(pk), |slot| {
            key::is(record, self.data(slot, size), pk)
        })
    }

    /// The record that has the same primary key as one with this data.
    pub(super) fn find_same_pk(&self, record: &RecordDef<'_>, data: &[u8]) -> Option<Slot> {
        let hash = key::hash_of(record, data);
        self.find_hash(record.kind, hash, |slot| {
            key::same(record, self.data(slot, data.len()), data)
        })
    }

    /// The slots of one kind, in ascending order of the numbers.
    pub(super) fn of_kind(
        &self,
        kind: RecordKind,
    ) -> impl ExactSizeIterator<Item = Slot> + use<'_, 'm> {
        let starts =
            |slots: &[Slot], kind| slots.partition_point(|slot| self.key(*slot).kind < kind);
        let slots = self.taken();
        let (_, slots) = slots.split_at_checked(starts(slots, kind)).unwrap_or_default();
        let end = slots.partition_point(|slot| self.key(*slot).kind == kind);
        slots.get(..end).unwrap_or_default().iter().copied()
    }

    pub(super) fn key(&self, slot: Slot) -> RecordKey {
        let header = self.header(slot);
        RecordKey { kind: header.kind, sys_id: header.sys_id }
    }

    /// The data of a record; `size` is its kind's.
    pub(super) fn data(&self, slot: Slot, size: usize) -> &[u8] {
        let start = usize::from(slot) * self.record_size;
        let data = self.data.get(start..).unwrap_or_default();
        data.get(..size).unwrap_or_default()
    }

    /// The data of a record, to be written; `size` is its kind's.
    pub(super) fn data_mut(&mut self, slot: Slot, size: usize) -> &mut [u8] {
        let start = usize::from(slot) * self.record_size;
        let data = self.data.get_mut(start..).unwrap_or_default();
        data.get_mut(..size).unwrap_or_default()
    }

    /// Stores a record, unless there is one with this key already, or no room.
    pub(super) fn insert(&mut self, key: RecordKey, record: &RecordDef<'_>, data: &[u8]) {
        let Err(place) = self.place(key) else { return };
        let Some(&slot) = self.order.get(self.len) else {
            return;
        };
        shift_right(self.order.get_mut(place..=self.len).unwrap_or_default());
        self.len += 1;
        if let Some(header) = self.headers.get_mut(usize::from(slot)) {
            *header =
                Header { sys_id: key.sys_id, hash: key::hash_of(record, data), kind: key.kind };
        }
        copy(self.data_mut(slot, data.len()), data);
    }

    /// Gives a record other data, with the same primary key.
    pub(super) fn replace(&mut self, key: RecordKey, data: &[u8]) {
        if let Some(slot) = self.find(key) {
            copy(self.data_mut(slot, data.len()), data);
        }
    }

    /// Removes a record, if there is one with this key.
    pub(super) fn remove(&mut self, key: RecordKey) {
        let Ok(place) = self.place(key) else { return };
        shift_left(self.order.get_mut(place..self.len).unwrap_or_default());
        self.len -= 1;
    }

    fn find_hash(
        &self,
        kind: RecordKind,
        hash: u32,
        has_key: impl Fn(Slot) -> bool,
    ) -> Option<Slot> {
        self.taken().iter().copied().find(|slot| {
            let header = self.header(*slot);
            header.hash == hash && header.kind == kind && has_key(*slot)
        })
    }

    /// Where a key stands in the order, or where it would.
    fn place(&self, key: RecordKey) -> Result<usize, usize> {
        self.taken().binary_search_by_key(&key, |slot| self.key(*slot))
    }

    fn taken(&self) -> &[Slot] {
        self.order.get(..self.len).unwrap_or_default()
    }

    fn header(&self, slot: Slot) -> Header {
        let header = self.headers.get(usize::from(slot));
        header.copied().unwrap_or(Header::FREE)
    }
}

/// Copies what fits; lengths are equal wherever it is called.
pub(super) fn copy(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// The last one comes first, the others move up.
fn shift_right(slots: &mut [Slot]) {
    let mut carried = slots.last().copied().unwrap_or_default();
    for slot in slots {
        mem::swap(slot, &mut carried);
    }
}

/// The first one comes last, the others move down.
fn shift_left(slots: &mut [Slot]) {
    let mut carried = slots.first().copied().unwrap_or_default();
    for slot in slots.iter_mut().rev() {
        mem::swap(slot, &mut carried);
    }
}
