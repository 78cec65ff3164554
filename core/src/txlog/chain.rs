//! The chain of frames: each names the header before it.

use super::{FrameError, FrameHeader, SegmentHeader, crc32};

/// The chain that the next frame of a log must continue.
///
/// It tells the next frame apart from an older one that lies in the same place of a reused file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    /// CRC of the frame or segment header before the next frame.
    pub previous: u32,
    /// Number of the next entry.
    pub next_entry: u64,
}

impl Chain {
    /// The chain behind a segment header.
    #[must_use]
    pub fn after_segment(header: &SegmentHeader<'_>) -> Self {
        Self { previous: header.crc(), next_entry: header.first_entry }
    }

    /// The chain behind a frame.
    #[must_use]
    pub fn after(header: &FrameHeader) -> Self {
        Self { previous: header.crc(), next_entry: header.next_entry() }
    }

    /// The header of the next frame, from its payload of complete entries with their lengths.
    ///
    /// `durable` is the number of the last entry that is on stable storage before the frame is
    /// written, and 0 if none is. A reader refuses a frame whose own entries are up to that number.
    ///
    /// `None` if the payload is too long for a frame, which holds 2^32 - 1 bytes.
    #[must_use]
    pub fn frame(&self, payload: &[u8], entry_count: u32, durable: u64) -> Option<FrameHeader> {
        self.frame_of(payload.len(), crc32(payload), entry_count, durable)
    }

    /// As [`frame`](Self::frame), from the payload's length and CRC.
    #[must_use]
    pub fn frame_of(
        &self,
        len: usize,
        crc: u32,
        entry_count: u32,
        durable: u64,
    ) -> Option<FrameHeader> {
        Some(FrameHeader {
            payload_len: u32::try_from(len).ok()?,
            payload_crc: crc,
            entry_count,
            first_entry: self.next_entry,
            durable,
            previous: self.previous,
        })
    }

    /// Checks that a frame is the next one.
    ///
    /// # Errors
    ///
    /// The frame follows another header, begins with another entry, or states that its own entries
    /// were durable before it was written.
    pub fn check(&self, header: &FrameHeader) -> Result<(), FrameError> {
        let (expected, found) = (self.previous, header.previous);
        if found != expected {
            return Err(FrameError::WrongPrevious { expected, found });
        }
        let (expected, found) = (self.next_entry, header.first_entry);
        if found != expected {
            return Err(FrameError::WrongFirstEntry { expected, found });
        }
        let FrameHeader { first_entry, durable, .. } = *header;
        if durable >= first_entry {
            return Err(FrameError::WrongDurable { first_entry, durable });
        }
        Ok(())
    }
}
