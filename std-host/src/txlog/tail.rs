//! Tells a torn tail from damage.

use std::path::PathBuf;

use statevec_abi::txlog::{Chain, FrameHeader};

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
    /// The first entry that was being written.
    pub entry: u64,
}

/// Looks at the end of the last segment: `None` if nothing was written there.
///
/// Frames are written side by side, so a crash may leave one torn or unwritten, and later ones
/// whole. But a frame that states that the missing entry was durable proves damage.
pub(super) fn torn_tail(
    reader: &mut FrameReader,
    end: FramesEnd,
) -> Result<Option<TornTail>, LogError> {
    let FramesEnd { offset, error } = end;
    if reader.is_zero_from(offset)? {
        return Ok(None);
    }
    let chain = reader.chain();
    let entry = chain.next_entry;
    let damaged = |reader: &FrameReader| Err(reader.damaged(offset, entry, Damage::Frame(error)));
    // A header is written as a whole or not at all: if it is whole, the frame has the length that
    // it states. Bytes inside the frame may look like another frame, because a command's payload
    // may hold anything.
    let mut behind = Behind { offset, chain };
    while let Some(header) = reader.header_at(behind.offset)? {
        if behind.chain.check(&header).is_err() {
            if behind.offset == offset {
                return damaged(reader);
            }
            break;
        }
        if header.durable >= entry {
            return damaged(reader);
        }
        behind =
            Behind { offset: reader.end_of(&header, behind.offset), chain: Chain::after(&header) };
    }
    // Behind a header that is missing, only a whole frame counts.
    let proves = |header: &FrameHeader| header.first_entry > entry && header.durable >= entry;
    if reader.find_frame(behind.offset, proves)?.is_some() {
        return damaged(reader);
    }
    let path = reader.path().to_path_buf();
    Ok(Some(TornTail { path, offset, entry }))
}

/// The place behind a frame, and what must follow there.
struct Behind {
    offset: u64,
    chain: Chain,
}
