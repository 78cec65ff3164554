//! Frames: entries that are written together, behind a header that protects itself.

use super::{Entries, FrameError, block::Block, crc32};

/// Bytes of a sector: a disk writes them as a whole or, if it fails, loses them as a whole.
pub const SECTOR_LEN: usize = 512;

/// First bytes of every frame.
const MAGIC: [u8; 4] = *b"TXFR";

/// The offsets at which frames may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alignment {
    /// On a multiple of [`SECTOR_LEN`], with zeros before it: in files and on block devices.
    ///
    /// A write that is torn between two sectors then damages no frame that was complete before, and
    /// a header is written as a whole or not at all.
    Sector,
    /// One directly behind the other: in sinks without sectors.
    None,
}

impl Alignment {
    /// Bytes of padding behind `len` bytes that begin at an aligned offset.
    #[must_use]
    pub const fn padding(self, len: usize) -> usize {
        match self {
            Self::Sector => len.wrapping_neg() % SECTOR_LEN,
            Self::None => 0,
        }
    }
}

/// The header of a frame.
///
/// ```text
/// 0        4             8             12            16            24
/// | "TXFR" | payload_len | payload_crc | entry_count | first_entry |
/// |        | u32         | u32         | u32         | u64         |
///
/// 24        32         36           40
/// | durable | previous | header_crc |
/// | u64     | u32      | u32        |
/// ```
///
/// All integers are little-endian. `header_crc` covers the 36 bytes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    /// Bytes of the payload, which follows the header.
    pub payload_len: u32,
    /// CRC-32 of the payload.
    pub payload_crc: u32,
    /// Number of entries in the payload.
    pub entry_count: u32,
    /// Number of the first entry in the payload.
    pub first_entry: u64,
    /// Number of the last entry that was on stable storage when the frame was written; 0 if none
    /// was. It is below `first_entry`.
    ///
    /// Several frames may be written at the same time, so a crash may lose a frame and keep a later
    /// one. A reader that misses an entry compares it with the later frame's number: an entry up to
    /// there was damaged, an entry behind it was never durable.
    pub durable: u64,
    /// `header_crc` of the frame before this one; for the first frame of a segment, the CRC of the
    /// segment header.
    pub previous: u32,
}

impl FrameHeader {
    /// Bytes of a header.
    pub const LEN: usize = 40;

    /// The header as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let checked = self.checked_bytes();
        let crc = crc32(&checked);
        Block::new().put(checked).put(crc.to_le_bytes()).bytes()
    }

    /// The header's own CRC, which the next frame names.
    #[must_use]
    pub fn crc(&self) -> u32 {
        crc32(&self.checked_bytes())
    }

    /// Reads the header at the start of `bytes` and checks its CRC. The payload need not be there.
    ///
    /// # Errors
    ///
    /// There is no header, or it is damaged. A header of zeros is [`FrameError::Unwritten`].
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let header = bytes.first_chunk::<{ Self::LEN }>();
        let truncated = FrameError::Truncated { needed: Self::LEN, left: bytes.len() };
        let header = header.ok_or(truncated)?;
        let field = |at: usize| -> u32 {
            let bytes = header.get(at..).and_then(|rest| rest.first_chunk());
            u32::from_le_bytes(*bytes.unwrap_or(&[0; 4]))
        };
        let number = |at: usize| u64::from(field(at + 4)) << 32 | u64::from(field(at));
        if header.first_chunk() != Some(&MAGIC) {
            let unwritten = header.iter().all(|byte| *byte == 0);
            return Err(if unwritten { FrameError::Unwritten } else { FrameError::NoMagic });
        }
        let decoded = Self {
            payload_len: field(4),
            payload_crc: field(8),
            entry_count: field(12),
            first_entry: number(16),
            durable: number(24),
            previous: field(32),
        };
        let (stated, computed) = (field(36), decoded.crc());
        if stated != computed {
            return Err(FrameError::HeaderCrc { stated, computed });
        }
        Ok(decoded)
    }

    /// Bytes of the frame without padding: header and payload.
    #[must_use]
    pub const fn frame_len(&self) -> usize {
        // A payload that does not fit a usize fits no slice either.
        (self.payload_len as usize).saturating_add(Self::LEN)
    }

    /// Checks the payload that follows the header, and gives its entries.
    ///
    /// # Errors
    ///
    /// The payload has another length or CRC than the header states.
    pub fn check_payload<'a>(&self, payload: &'a [u8]) -> Result<Entries<'a>, FrameError> {
        if payload.len() as u64 != u64::from(self.payload_len) {
            let left = payload.len().saturating_add(Self::LEN);
            return Err(FrameError::Truncated { needed: self.frame_len(), left });
        }
        let (stated, computed) = (self.payload_crc, crc32(payload));
        if stated != computed {
            return Err(FrameError::PayloadCrc { stated, computed });
        }
        Ok(Entries::new(payload, self.first_entry, self.entry_count))
    }

    /// Number of the first entry behind this frame.
    #[must_use]
    pub const fn next_entry(&self) -> u64 {
        self.first_entry.wrapping_add(self.entry_count as u64)
    }

    fn checked_bytes(&self) -> [u8; 36] {
        Block::new()
            .put(MAGIC)
            .put(self.payload_len.to_le_bytes())
            .put(self.payload_crc.to_le_bytes())
            .put(self.entry_count.to_le_bytes())
            .put(self.first_entry.to_le_bytes())
            .put(self.durable.to_le_bytes())
            .put(self.previous.to_le_bytes())
            .bytes()
    }
}
