//! The records of one kind.

use std::{collections::TryReserveError, ops::Bound};

use statevec_abi::abi::SysId;
use statevec_abi_alloc::schema::{PkLayout, RecordDefinition};

use super::{
    StoreError, StoredRecord,
    ids::Ids,
    index::Index,
    key_order::KeyOrder,
    layout::RowLayout,
    rows::{Claimed, Place, Rows, Slot},
};

/// The rows, their numbers in order, and the index of their keys. Every method keeps the three
/// consistent.
#[derive(Debug)]
pub(super) struct RecordTable {
    layout: RowLayout,
    rows: Rows,
    ids: Ids,
    index: Index,
    /// For kinds whose schema asks for range scans.
    order: Option<Box<KeyOrder>>,
    next_id: SysId,
}

/// The reason why no record was created. The table is unchanged.
#[derive(Debug)]
pub(super) enum CreateError {
    /// The limit of records is reached.
    Full,
    /// There is no memory.
    Memory,
    /// Another record has the key.
    Duplicate(Slot),
}

impl RecordTable {
    pub(super) fn new(record: &RecordDefinition, pk: Option<PkLayout>) -> Result<Self, StoreError> {
        let pk_len = pk.as_ref().map_or(0, PkLayout::pk_len);
        let layout = RowLayout::new(record, pk);
        let rows = Rows::new(pk_len, layout.data_size()).ok_or_else(|| StoreError::RecordSize {
            record: layout.name().into(),
            data_size: record.data_size,
            pk_len,
        })?;
        let is_ordered = record.support_range_scan && layout.pk().is_some();
        let order = is_ordered.then(Box::default);
        let (ids, index) = (Ids::default(), Index::default());
        Ok(Self { layout, rows, ids, index, order, next_id: 1 })
    }

    #[inline]
    pub(super) fn layout(&self) -> &RowLayout {
        &self.layout
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Number of rows, with the free ones.
    pub(super) fn row_count(&self) -> usize {
        self.rows.count()
    }

    /// The free rows. The last one is used first.
    pub(super) fn free_rows(&self) -> impl Iterator<Item = Slot> {
        self.rows.free().iter().copied()
    }

    /// Number of keys in the index.
    pub(super) fn key_count(&self) -> usize {
        self.index.len()
    }

    /// Bytes of all rows.
    pub(super) fn row_bytes(&self) -> usize {
        self.rows.bytes()
    }

    #[inline]
    pub(super) fn next_id(&self) -> SysId {
        self.next_id
    }

    /// Sets the number of the next record. It is above all that are in use.
    pub(super) fn set_next_id(&mut self, next_id: SysId) {
        self.next_id = next_id;
    }

    /// Makes room for more records, so that creating them does not allocate.
    pub(super) fn reserve(&mut self, records: usize) -> Result<(), CreateError> {
        self.rows.reserve(records)?;
        self.ids.reserve(records)?;
        if self.layout.pk().is_some() {
            self.index.reserve(records)?;
        }
        Ok(())
    }

    /// Prepares the index for keys that are added next.
    pub(super) fn expect_keys<'k>(&self, keys: impl Iterator<Item = &'k [u8]>) {
        self.index.expect(keys);
    }

    #[inline]
    pub(super) fn find(&self, pk: &[u8]) -> Option<Slot> {
        self.find_place(pk).map(|place| place.slot)
    }

    #[inline]
    pub(super) fn find_place(&self, pk: &[u8]) -> Option<Place> {
        self.index.find(&self.rows, pk)
    }

    #[inline]
    pub(super) fn find_by_id(&self, id: SysId) -> Option<Slot> {
        self.ids.find(id)
    }

    #[inline]
    pub(super) fn data(&self, slot: Slot) -> &[u8] {
        self.rows.data(slot)
    }

    pub(super) fn place(&self, slot: Slot) -> Place {
        self.rows.place(slot)
    }

    #[inline]
    pub(super) fn data_at(&self, place: Place) -> &[u8] {
        self.rows.data_at(place)
    }

    pub(super) fn data_mut(&mut self, slot: Slot) -> &mut [u8] {
        self.rows.data_mut(slot)
    }

    /// The layout, and the data for writing.
    #[inline]
    pub(super) fn layout_and_data_mut(&mut self, place: Place) -> (&RowLayout, &mut [u8]) {
        (&self.layout, self.rows.data_at_mut(place))
    }

    pub(super) fn key(&self, slot: Slot) -> &[u8] {
        self.rows.key(slot)
    }

    pub(super) fn record(&self, slot: Slot) -> StoredRecord<'_> {
        StoredRecord { sys_id: self.rows.id(slot), data: self.rows.data(slot) }
    }

    /// In ascending order of the numbers.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.slots_from(0)
    }

    /// Those of the numbers from one on, in ascending order.
    pub(super) fn slots_from(&self, first: SysId) -> impl Iterator<Item = Slot> {
        self.ids.iter_from(first).map(|(_, slot)| slot)
    }

    /// The records whose keys lie between two bounds, in ascending order of the keys; `None` if the
    /// schema does not ask for range scans.
    pub(super) fn range(
        &self,
        low: Bound<&[u8]>,
        high: Bound<&[u8]>,
    ) -> Option<impl DoubleEndedIterator<Item = Slot> + use<'_>> {
        let slots = self.order.as_ref()?.range(&self.rows, low, high);
        // Without the rows that the running transaction deleted.
        Some(slots.filter(|slot| self.ids.find(self.rows.id(*slot)) == Some(*slot)))
    }

    /// In ascending order.
    pub(super) fn ids(&self) -> impl Iterator<Item = SysId> {
        self.ids.iter().map(|(id, _)| id)
    }

    /// Creates a record: `init` writes to zeroed data. Everything that can fail for lack of room
    /// fails before `init` runs.
    pub(super) fn create(
        &mut self,
        limit: u32,
        init: impl FnOnce(&mut [u8]),
    ) -> Result<(SysId, Claimed), CreateError> {
        let id = self.next_id;
        let next_id = id.checked_add(1).ok_or(CreateError::Full)?;
        // Rows that the running transaction freed count, too: they are in use until it commits.
        if self.rows.free().len() == 0 && self.rows.count() >= limit as usize {
            return Err(CreateError::Full);
        }
        self.ids.reserve_one()?;
        self.index.reserve_one()?;
        if let Some(order) = &mut self.order {
            order.reserve_one()?;
        }
        let claimed = self.rows.claim()?;
        init(self.rows.data_mut(claimed.slot));
        if let Err(other) = self.enter_key(claimed.slot) {
            self.rows.unclaim(claimed);
            return Err(CreateError::Duplicate(other));
        }
        self.rows.set_id(claimed.slot, id);
        self.ids.push(id, claimed.slot);
        if let Some(order) = &mut self.order {
            order.insert(&self.rows, claimed.slot);
        }
        self.next_id = next_id;
        Ok((id, claimed))
    }

    /// Undoes the latest `create` that has not been undone.
    pub(super) fn undo_create(&mut self, claimed: Claimed) {
        self.forget_key(claimed.slot);
        self.leave_order(claimed.slot);
        self.ids.pop();
        self.next_id = self.rows.id(claimed.slot);
        self.rows.unclaim(claimed);
    }

    /// Deletes the record of a key. Its row keeps its bytes until
    /// [`undo_delete`](Self::undo_delete) or [`keep_delete`](Self::keep_delete).
    pub(super) fn delete(&mut self, pk: &[u8]) -> Option<Slot> {
        let slot = self.index.take(&self.rows, pk)?;
        self.ids.bury(self.rows.id(slot));
        Some(slot)
    }

    /// Undoes a `delete`.
    pub(super) fn undo_delete(&mut self, slot: Slot) {
        self.ids.revive(self.rows.id(slot));
        // No other row has the key: everything after the delete is undone by now.
        let _unique = self.index.insert(&self.rows, slot);
    }

    /// Makes a `delete` permanent: the row may be used again.
    pub(super) fn keep_delete(&mut self, slot: Slot) {
        self.leave_order(slot);
        self.rows.release(slot);
        self.ids.sweep(self.rows.id(slot));
    }

    /// Gives back memory that the records do not need, after a transaction of so many steps was
    /// undone. It costs no more than the transaction did.
    pub(super) fn release_spare(&mut self, steps: usize) {
        self.rows.release_spare();
        self.ids.release_spare();
        self.index.release_spare(steps, &self.rows);
        if let Some(order) = &mut self.order {
            order.release_spare();
        }
    }

    /// Encodes a new row's key and adds it to the index.
    fn enter_key(&mut self, slot: Slot) -> Result<(), Slot> {
        let Some(pk) = self.layout.pk() else { return Ok(()) };
        let (key, data) = self.rows.key_and_data(slot);
        // Never `None`: the schema check keeps the key's fields inside the data, and the row has
        // room for the key.
        let _encoded = pk.encode(data, key);
        self.index.insert(&self.rows, slot)
    }

    fn forget_key(&mut self, slot: Slot) {
        if self.layout.pk().is_some() {
            self.index.take(&self.rows, self.rows.key(slot));
        }
    }

    fn leave_order(&mut self, slot: Slot) {
        if let Some(order) = &mut self.order {
            order.remove(&self.rows, slot);
        }
    }
}

impl From<TryReserveError> for CreateError {
    fn from(_: TryReserveError) -> Self {
        Self::Memory
    }
}
