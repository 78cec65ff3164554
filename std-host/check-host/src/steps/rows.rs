//! Creates, changes and reads rows for the steps.

use statevec_abi::{abi::SysId, prelude::*};

use crate::{
    host::{Answer, Host},
    schema::Row,
    verdict::{Checked, require},
};

/// Bytes of a row.
pub(super) const SIZE: usize = 48;

/// The key of a row.
pub(super) fn key(id: u64) -> [u8; 8] {
    id.to_be_bytes()
}

/// A row's data.
pub(super) fn data(id: u64, value: u64) -> [u8; SIZE] {
    let mut data = [0; SIZE];
    let (place, rest) = data.split_at_mut(8);
    place.copy_from_slice(&id.to_le_bytes());
    if let Some(place) = rest.first_chunk_mut() {
        *place = value.to_le_bytes();
    }
    data
}

/// Copies as many bytes as both have.
pub(super) fn copy(from: &[u8], to: &mut [u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

impl Host {
    /// Creates a row.
    pub(super) fn create_row(&self, id: u64, value: u64) -> Checked<SysId> {
        self.try_create_row(id, value)?.done("create")
    }

    pub(super) fn try_create_row(&self, id: u64, value: u64) -> Checked<Answer<SysId>> {
        self.create(Row::KIND, |row| copy(&data(id, value), row))
    }

    /// Sets a row's value.
    pub(super) fn update_row(&self, id: u64, value: u64) -> Checked<Answer<bool>> {
        let written = data(id, value);
        self.update(Row::KIND, &key(id), |row| copy(&written, row))
    }

    /// Removes a row, if it is there.
    pub(super) fn remove_row(&self, id: u64) -> Checked<bool> {
        self.delete(Row::KIND, &key(id))?.done("delete")
    }

    /// A row's data; `None` if there is no such row.
    pub(super) fn row(&self, id: u64) -> Checked<Option<Vec<u8>>> {
        let mut read = None;
        let found = self.read_by_pk(Row::KIND, &key(id), |data| read = Some(data.to_vec()))?;
        found.done("read by key")?;
        Ok(read)
    }

    /// Checks a row's data.
    pub(super) fn expect_row(&self, id: u64, value: u64, text: &str) -> Checked {
        require(self.row(id)?.as_deref() == Some(&data(id, value)), text)
    }

    /// The numbers of all rows.
    pub(super) fn sys_ids(&self) -> Checked<Vec<SysId>> {
        let mut ids = Vec::new();
        let mut kinds = Vec::new();
        let visited = self.for_each_key(Row::KIND, |key| {
            ids.push(key.sys_id);
            kinds.push(key.kind);
        })?;
        visited.done("for each")?;
        require(kinds.iter().all(|kind| *kind == Row::KIND), "keys of another kind")?;
        Ok(ids)
    }
}
