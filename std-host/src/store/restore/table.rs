//! Restored records in one table. Methods that fail change nothing.

use statevec_abi::abi::SysId;

use crate::store::table::{CreateError, RecordTable};

const USED: &str = "its number was used before";
const NO_RECORD: &str = "there is no such record";

impl RecordTable {
    /// Prepares the index for records that are added next, and returns how many there are. `keys`
    /// is memory for their keys.
    pub(super) fn expect<'r>(
        &self,
        records: impl Iterator<Item = &'r [u8]>,
        keys: &mut Vec<u8>,
    ) -> usize {
        let Some(pk) = self.layout().pk() else { return records.count() };
        let (len, mut count) = (pk.pk_len(), 0);
        keys.clear();
        for data in records {
            keys.resize(len * (count + 1), 0);
            // A record that is too short for a key is refused when it is added.
            let _encoded = pk.encode(data, &mut keys[len * count..]);
            count += 1;
        }
        self.expect_keys((0..count).map(|at| &keys[len * at..][..len]));
        count
    }

    /// Adds a record whose number may leave out others.
    pub(super) fn restore_created(
        &mut self,
        sys_id: SysId,
        data: &[u8],
    ) -> Result<(), &'static str> {
        if data.len() != self.layout().data_size() {
            return Err("its data has another size than the schema says");
        }
        let before = self.next_id();
        if sys_id < before {
            return Err(USED);
        }
        self.set_next_id(sys_id);
        match self.create(u32::MAX, |place| place.copy_from_slice(data)) {
            Ok(_) => Ok(()),
            Err(error) => {
                self.set_next_id(before);
                Err(match error {
                    CreateError::Full => "there are more records than a store can number",
                    CreateError::Memory => "there is no memory for it",
                    CreateError::Duplicate(_) => "another record has its primary key",
                })
            }
        }
    }

    /// Adds the record with the next number.
    pub(super) fn restore_next_created(
        &mut self,
        sys_id: SysId,
        data: &[u8],
    ) -> Result<(), &'static str> {
        self.check_next(sys_id)?;
        self.restore_created(sys_id, data)
    }

    /// Writes bytes of a record, whose data before goes to `before`. Returns its data.
    pub(super) fn restore_updated(
        &mut self,
        sys_id: SysId,
        offset: usize,
        bytes: &[u8],
        before: &mut Vec<u8>,
    ) -> Result<&[u8], &'static str> {
        let slot = self.find_by_id(sys_id).ok_or(NO_RECORD)?;
        let (layout, data) = self.layout_and_data_mut(self.place(slot));
        before.clear();
        before.extend_from_slice(data);
        let end = offset.checked_add(bytes.len());
        match end.and_then(|end| data.get_mut(offset..end)) {
            Some(place) => place.copy_from_slice(bytes),
            None => return Err("the changed bytes lie behind its end"),
        }
        if layout.frozen_change(before, data).is_some() {
            data.copy_from_slice(before);
            return Err("the change is to its primary key or to an immutable field");
        }
        Ok(self.data(slot))
    }

    /// Deletes a record, whose data goes to `before`.
    pub(super) fn restore_deleted(
        &mut self,
        sys_id: SysId,
        before: &mut Vec<u8>,
    ) -> Result<(), &'static str> {
        let slot = self.find_by_id(sys_id).ok_or(NO_RECORD)?;
        before.clear();
        before.extend_from_slice(self.key(slot));
        self.delete(before).ok_or("records without a primary key are never deleted")?;
        before.clear();
        before.extend_from_slice(self.data(slot));
        self.keep_delete(slot);
        Ok(())
    }

    /// Uses up the next number.
    pub(super) fn restore_skipped(&mut self, sys_id: SysId) -> Result<(), &'static str> {
        self.check_next(sys_id)?;
        self.raise_next_id(sys_id.saturating_add(1))
    }

    pub(super) fn raise_next_id(&mut self, next: SysId) -> Result<(), &'static str> {
        if next < self.next_id() {
            return Err(USED);
        }
        self.set_next_id(next);
        Ok(())
    }

    fn check_next(&self, sys_id: SysId) -> Result<(), &'static str> {
        if sys_id == self.next_id() { Ok(()) } else { Err("its number is not the next one") }
    }
}
