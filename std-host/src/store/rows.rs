//! The rows of one table.

use std::collections::TryReserveError;

use statevec_abi::abi::SysId;

use super::segmented::{self, Segmented, segment_len, segments};

/// Position of a row.
pub(super) type Slot = u32;

/// Rows of one size, and the list of the free ones.
///
/// ```text
/// 0         8                 8 + key             8 + key + data
/// | sys_id  | primary key     | data              | padding       repeated
/// ```
///
/// The key has an encoding of its own (ABI.md section 5). Stored beside the data, it is compared
/// without being encoded again.
///
/// The rows lie in segments as those of [`Segmented`], which do not move: growing copies no rows.
/// The first row of a segment begins at a cache line, and rows of up to 64 bytes do not cross one,
/// if the padding for that is small.
#[derive(Debug)]
pub(super) struct Rows {
    /// Those behind the last row have no rows, and are kept for rows to come.
    segments: Vec<Segment>,
    shape: Shape,
    count: usize,
    /// Used in reverse order of their release.
    free: Segmented<Slot>,
}

/// The sizes of a row in bytes.
#[derive(Debug, Clone, Copy)]
struct Shape {
    key_len: usize,
    data_size: usize,
    /// From one row to the next.
    stride: usize,
}

#[derive(Debug)]
struct Segment {
    /// It begins with up to [`LINE`] - 1 unused bytes, and has the capacity of its place.
    bytes: Vec<u8>,
    /// The first row's place.
    start: usize,
}

/// Where a row lies. Finding a row computes it once, for its key and its data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) slot: Slot,
    segment: usize,
    /// The row's first byte in the segment.
    start: usize,
}

const ID_LEN: usize = size_of::<SysId>();

/// Bytes of a cache line.
const LINE: usize = 64;

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
        let shape = Shape::new(key_len, data_size)?;
        Some(Self { segments: Vec::new(), shape, count: 0, free: Segmented::default() })
    }

    /// Makes room for more rows at the end.
    #[cold]
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        let rows = self.count.saturating_add(more).min(Slot::MAX as usize);
        let needed = segments(rows);
        self.segments.try_reserve(needed.saturating_sub(self.segments.len()))?;
        for at in self.segments.len()..needed {
            self.segments.push(self.shape.segment(at)?);
        }
        Ok(())
    }

    /// Claims a row: the one that was released last, or a new one.
    pub(super) fn claim(&mut self) -> Result<Claimed, TryReserveError> {
        if let Some(slot) = self.free.pop() {
            self.data_mut(slot).fill(0);
            return Ok(Claimed { slot, at_end: false });
        }
        let (at, _) = segmented::place(self.count);
        if at == self.segments.len() {
            self.reserve(1)?;
        }
        let bytes = &mut self.segments[at].bytes;
        bytes.resize(bytes.len() + self.shape.stride, 0);
        // The caller checked that the number of rows fits a slot.
        let slot = self.count as Slot;
        self.count += 1;
        Ok(Claimed { slot, at_end: true })
    }

    /// Undoes a claim. Claims are undone in reverse order.
    pub(super) fn unclaim(&mut self, claimed: Claimed) {
        if claimed.at_end {
            let Place { segment, start, .. } = self.place(claimed.slot);
            self.segments[segment].bytes.truncate(start);
            self.count -= 1;
        } else {
            self.free.push(claimed.slot);
        }
    }

    /// Frees a row.
    pub(super) fn release(&mut self, slot: Slot) {
        self.free.push(slot);
    }

    #[inline]
    pub(super) fn id(&self, slot: Slot) -> SysId {
        let Place { segment, start, .. } = self.place(slot);
        let id = self.segments[segment].bytes[start..].first_chunk();
        id.map_or(0, |id| SysId::from_le_bytes(*id))
    }

    pub(super) fn set_id(&mut self, slot: Slot, id: SysId) {
        let Place { segment, start, .. } = self.place(slot);
        self.segments[segment].bytes[start..start + ID_LEN].copy_from_slice(&id.to_le_bytes());
    }

    #[inline]
    pub(super) fn key(&self, slot: Slot) -> &[u8] {
        self.key_at(self.place(slot))
    }

    #[inline]
    pub(super) fn data(&self, slot: Slot) -> &[u8] {
        self.data_at(self.place(slot))
    }

    #[inline]
    pub(super) fn data_mut(&mut self, slot: Slot) -> &mut [u8] {
        self.data_at_mut(self.place(slot))
    }

    #[inline]
    pub(super) fn key_at(&self, Place { segment, start, .. }: Place) -> &[u8] {
        &self.segments[segment].bytes[start + ID_LEN..][..self.shape.key_len]
    }

    #[inline]
    pub(super) fn data_at(&self, Place { segment, start, .. }: Place) -> &[u8] {
        &self.segments[segment].bytes[start + self.shape.data_at()..][..self.shape.data_size]
    }

    #[inline]
    pub(super) fn data_at_mut(&mut self, Place { segment, start, .. }: Place) -> &mut [u8] {
        let data = start + self.shape.data_at();
        &mut self.segments[segment].bytes[data..][..self.shape.data_size]
    }

    /// The key for writing, and the data that it is made of.
    pub(super) fn key_and_data(&mut self, slot: Slot) -> (&mut [u8], &[u8]) {
        let Place { segment, start, .. } = self.place(slot);
        let row = &mut self.segments[segment].bytes[start + ID_LEN..];
        let (key, data) = row.split_at_mut(self.shape.key_len);
        (key, &data[..self.shape.data_size])
    }

    /// Number of rows, with the free ones.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Bytes of all rows.
    pub(super) fn bytes(&self) -> usize {
        self.count * self.shape.stride
    }

    /// Gives back the segments that have no rows, but for one.
    pub(super) fn release_spare(&mut self) {
        self.segments.truncate(segments(self.count) + 1);
    }

    pub(super) fn free(&self) -> &Segmented<Slot> {
        &self.free
    }

    #[inline]
    pub(super) fn place(&self, slot: Slot) -> Place {
        let (segment, row) = segmented::place(slot as usize);
        let start = self.segments[segment].start + row * self.shape.stride;
        Place { slot, segment, start }
    }
}

impl Shape {
    fn new(key_len: usize, data_size: usize) -> Option<Self> {
        let stride = padded(ID_LEN.checked_add(key_len)?.checked_add(data_size)?)?;
        isize::try_from(stride.checked_add(LINE)?).ok()?;
        Some(Self { key_len, data_size, stride })
    }

    #[inline]
    const fn data_at(&self) -> usize {
        ID_LEN + self.key_len
    }

    /// A segment without rows.
    fn segment(&self, at: usize) -> Result<Segment, TryReserveError> {
        let rows = self.stride.saturating_mul(segment_len(at));
        let mut bytes: Vec<u8> = Vec::new();
        bytes.try_reserve_exact(rows.saturating_add(LINE - 1))?;
        let start = bytes.as_ptr().addr().wrapping_neg() % LINE;
        bytes.resize(start, 0);
        Ok(Segment { bytes, start })
    }
}

/// The length of a row, so that no row crosses a cache line without need. Padding takes at most a
/// quarter of a short row, and 7 bytes of a long one.
fn padded(used: usize) -> Option<usize> {
    let power = used.checked_next_power_of_two()?;
    if used <= LINE && power - used <= power / 4 {
        Some(power)
    } else {
        used.checked_next_multiple_of(8)
    }
}
