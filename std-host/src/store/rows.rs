//! The rows of one table, in one allocation.

use std::collections::TryReserveError;

use statevec_abi::abi::SysId;

use super::spare::release_spare;

/// Position of a row.
pub(super) type Slot = u32;

/// Rows of one size, and the list of the free ones.
///
/// ```text
/// 0         8                 8 + key             8 + key + data
/// | sys_id  | primary key     | data              |               repeated
/// ```
///
/// The key has an encoding of its own (ABI.md section 5). Stored beside the data, it is compared
/// without being encoded again.
#[derive(Debug)]
pub(super) struct Rows {
    bytes: Vec<u8>,
    key_len: usize,
    data_size: usize,
    /// Used in reverse order of their release.
    free: Vec<Slot>,
}

const ID_LEN: usize = size_of::<SysId>();

/// A row that was just claimed. Its data is zeroed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claimed {
    pub(super) slot: Slot,
    /// True if the row is new at the end. Otherwise it was free before.
    pub(super) at_end: bool,
}

impl Rows {
    /// No rows; `None` when rows of this size are too large for this machine.
    pub(super) fn new(key_len: usize, data_size: usize) -> Option<Self> {
        let stride = ID_LEN.checked_add(key_len)?.checked_add(data_size)?;
        isize::try_from(stride).ok()?;
        Some(Self { bytes: Vec::new(), key_len, data_size, free: Vec::new() })
    }

    /// Makes room for more rows at the end.
    pub(super) fn reserve(&mut self, rows: usize) -> Result<(), TryReserveError> {
        self.bytes.try_reserve(self.stride().saturating_mul(rows))
    }

    /// Claims a row: the one that was released last, or a new one.
    pub(super) fn claim(&mut self) -> Result<Claimed, TryReserveError> {
        if let Some(slot) = self.free.pop() {
            self.data_mut(slot).fill(0);
            return Ok(Claimed { slot, at_end: false });
        }
        let (len, stride) = (self.bytes.len(), self.stride());
        self.bytes.try_reserve(stride)?;
        self.bytes.resize(len + stride, 0);
        // The caller checked that the number of rows fits a slot.
        Ok(Claimed { slot: (len / stride) as Slot, at_end: true })
    }

    /// Undoes a claim. Claims are undone in reverse order.
    pub(super) fn unclaim(&mut self, claimed: Claimed) {
        if claimed.at_end {
            let start = self.start(claimed.slot);
            self.bytes.truncate(start);
        } else {
            self.free.push(claimed.slot);
        }
    }

    /// Frees a row.
    pub(super) fn release(&mut self, slot: Slot) {
        self.free.push(slot);
    }

    pub(super) fn id(&self, slot: Slot) -> SysId {
        let start = self.start(slot);
        let id = self.bytes[start..].first_chunk();
        id.map_or(0, |id| SysId::from_le_bytes(*id))
    }

    pub(super) fn set_id(&mut self, slot: Slot, id: SysId) {
        let start = self.start(slot);
        self.bytes[start..start + ID_LEN].copy_from_slice(&id.to_le_bytes());
    }

    pub(super) fn key(&self, slot: Slot) -> &[u8] {
        let start = self.start(slot) + ID_LEN;
        &self.bytes[start..start + self.key_len]
    }

    pub(super) fn data(&self, slot: Slot) -> &[u8] {
        let start = self.start(slot) + ID_LEN + self.key_len;
        &self.bytes[start..start + self.data_size]
    }

    pub(super) fn data_mut(&mut self, slot: Slot) -> &mut [u8] {
        let start = self.start(slot) + ID_LEN + self.key_len;
        &mut self.bytes[start..start + self.data_size]
    }

    /// The key for writing, and the data that it is made of.
    pub(super) fn key_and_data(&mut self, slot: Slot) -> (&mut [u8], &[u8]) {
        let start = self.start(slot) + ID_LEN;
        let (key, data) = self.bytes[start..].split_at_mut(self.key_len);
        (key, &data[..self.data_size])
    }

    /// Number of rows, with the free ones.
    pub(super) fn count(&self) -> usize {
        self.bytes.len() / self.stride()
    }

    /// Gives back memory that the rows do not need.
    pub(super) fn release_spare(&mut self) {
        release_spare(&mut self.bytes);
    }

    pub(super) fn free(&self) -> &[Slot] {
        &self.free
    }

    fn start(&self, slot: Slot) -> usize {
        slot as usize * self.stride()
    }

    fn stride(&self) -> usize {
        ID_LEN + self.key_len + self.data_size
    }
}
