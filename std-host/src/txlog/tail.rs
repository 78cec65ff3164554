//! Tells a torn tail from damage.

use std::path::PathBuf;

use statevec_abi::txlog::FrameHeader;

use super::{
    Damage, LogError,
    frames::{FrameReader, FramesEnd},
};

/// Bytes at the end of a log that a crash left incomplete. They were never acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    /// The segment.
    pub path: PathBuf,
    /// Offset of the torn bytes.
    pub offset: u64,
    /// The entry that was being written.
    pub entry: u64,
}

/// Looks at the end of the last segment: `None` if nothing was written there.
pub(super) fn torn_tail(
    reader: &mut FrameReader,
    end: FramesEnd,
) -> Result<Option<TornTail>, LogError> {
    let FramesEnd { offset, error } = end;
    if reader.is_zero_from(offset)? {
        return Ok(None);
    }
    let chain = reader.chain();
    let damaged =
        |reader: &FrameReader| Err(reader.damaged(offset, chain.next_entry, Damage::Frame(error)));
    // A header is written as a whole or not at all: if it is whole, the frame has the length that
    // it states. Bytes inside the frame may look like another frame, because a command's payload
    // may hold anything.
    let behind = match reader.header_at(offset)? {
        Some(header) if chain.check(&header).is_err() => return damaged(reader),
        Some(header) => offset.saturating_add(header.frame_len() as u64),
        None => offset + 1,
    };
    if reader.find_frame(behind, chain.next_entry)?.is_some() {
        return damaged(reader);
    }
    let path = reader.path().to_path_buf();
    Ok(Some(TornTail { path, offset, entry: chain.next_entry }))
}

impl FrameReader {
    fn header_at(&mut self, offset: u64) -> Result<Option<FrameHeader>, LogError> {
        Ok(FrameHeader::decode(self.window(offset, FrameHeader::LEN)?).ok())
    }
}
