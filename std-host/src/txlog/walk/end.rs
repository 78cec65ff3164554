//! The end of a log.

use std::path::PathBuf;

use statevec_abi::txlog::Chain;

use crate::{
    storage::StorageError,
    txlog::{LogPosition, TornTail, frames::FrameReader},
};

/// The end of a log.
#[derive(Debug, Clone)]
pub struct LogEnd {
    /// The position behind the last entry.
    pub position: LogPosition,
    /// A frame that a crash left incomplete.
    pub torn: Option<TornTail>,
    /// A segment that a crash left without a header.
    pub unfinished: Option<PathBuf>,
    /// The place to continue writing; `None` if there is no segment yet.
    pub(crate) tail: Option<SegmentTail>,
}

impl LogEnd {
    /// Returns true if there is no segment yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tail.is_none()
    }
}

/// The end of the last segment.
#[derive(Debug, Clone)]
pub(crate) struct SegmentTail {
    pub(crate) path: PathBuf,
    pub(crate) chain: Chain,
    /// Offset of the next frame.
    pub(crate) offset: u64,
    pub(crate) file_len: u64,
    /// The last frames, which may not be durable although they can be read, or the header if there
    /// is no frame; and their offset.
    pub(crate) last: Vec<u8>,
    pub(crate) last_start: u64,
}

impl SegmentTail {
    /// The end of the segment that a reader has read up to an offset.
    pub(super) fn of(reader: &mut FrameReader, offset: u64) -> Result<Self, StorageError> {
        let unproven = reader.unproven();
        Ok(Self {
            path: reader.path().into(),
            chain: reader.chain(),
            offset,
            file_len: reader.file_len(),
            last_start: unproven.start,
            last: reader.bytes(unproven)?.to_vec(),
        })
    }
}
