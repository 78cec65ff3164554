//! Looks for frames behind the end of those that continue each other.

use statevec_abi::txlog::{Alignment, FrameHeader, SECTOR_LEN};

use super::frames::{CHUNK, FrameReader};
use crate::storage::StorageError;

/// Zeros to compare with: much faster than byte by byte.
const ZEROS: [u8; 4096] = [0; 4096];

impl FrameReader {
    /// The header at an offset, if one is there. Its payload need not be.
    pub(super) fn header_at(&mut self, offset: u64) -> Result<Option<FrameHeader>, StorageError> {
        Ok(FrameHeader::decode(self.window(offset, FrameHeader::LEN)?).ok())
    }

    /// Finds a whole frame from an offset on whose header fits.
    pub(crate) fn find_frame(
        &mut self,
        from: u64,
        fits: impl Fn(&FrameHeader) -> bool,
    ) -> Result<Option<u64>, StorageError> {
        let step = match self.alignment() {
            Alignment::Sector => SECTOR_LEN as u64,
            Alignment::None => 1,
        };
        let mut offset = from.next_multiple_of(step);
        while offset < self.file_len() {
            match self.whole_frame_at(offset)? {
                Some(header) if fits(&header) => return Ok(Some(offset)),
                // Bytes inside it may look like another frame.
                Some(header) => offset = self.end_of(&header, offset),
                None => offset += step,
            }
        }
        Ok(None)
    }

    fn whole_frame_at(&mut self, offset: u64) -> Result<Option<FrameHeader>, StorageError> {
        let Some(header) = self.header_at(offset)? else { return Ok(None) };
        let frame = self.window(offset, header.frame_len())?;
        let payload = frame.get(FrameHeader::LEN..).unwrap_or_default();
        Ok(header.check_payload(payload).is_ok().then_some(header))
    }

    /// Returns true if all bytes from an offset on are zero.
    pub(crate) fn is_zero_from(&mut self, from: u64) -> Result<bool, StorageError> {
        let mut offset = from;
        while offset < self.file_len() {
            let bytes = self.window(offset, CHUNK as usize)?;
            if bytes.chunks(ZEROS.len()).any(|part| part != &ZEROS[..part.len()]) {
                return Ok(false);
            }
            offset += bytes.len() as u64;
        }
        Ok(true)
    }
}
