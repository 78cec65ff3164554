//! The transaction log on a server: segments in a folder, written by group commit, read back after
//! a crash.
//!
//! [`statevec_abi::txlog`] defines the bytes. This module writes and reads them as files:
//!
//! - Entries that are written together form one frame, which takes exactly one write and one sync.
//!   Entries that arrive meanwhile share the next one. As many frames as the options allow are
//!   written side by side, and an entry is durable only with all entries before it.
//! - A write or sync that fails stops the writer for good, because the content of the medium is
//!   then unknown. The next start reads it anew.
//! - After a crash the last frames may be torn. They were never acknowledged, and are cut off. Each
//!   frame states the entries that were durable when it was written, so damage is told apart: it is
//!   an error, and nothing is repaired.

mod batch;
mod error;
mod frame_search;
mod frames;
mod group_commit;
mod header;
mod in_flight;
mod lock;
mod place;
mod position;
mod retention;
mod segments;
mod tail;
mod verify;
mod walk;
mod watch;
mod writer;

pub use error::{Damage, LogError};
pub use header::LogHeader;
pub use lock::{DirectoryLock, RunningCommand};
pub use position::LogPosition;
pub use retention::{Retention, remove_covered};
pub use segments::{Segment, list_segments};
pub use tail::TornTail;
pub use verify::{Verified, verify};
pub use walk::{LogEnd, LogWalk, Walked};
pub use watch::DurableWatch;

pub(crate) use batch::Batch;
pub(crate) use group_commit::Committer;
use segments::{SegmentStart, segment_starts};
pub(crate) use writer::LogWriter;

/// Options for the layout of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogOptions {
    /// The most bytes of a segment; one entry that is longer gets a segment of its own. The default
    /// is 64 MiB.
    pub segment_bytes: u64,
    /// The most bytes of a frame; one entry that is longer gets a frame of its own. The default is
    /// 4 MiB.
    pub frame_bytes: usize,
    /// Number of zeros that are written behind a short frame, so that the file system does not have
    /// to record new blocks with each of the frames that follow. The default is 256 KiB.
    pub zero_ahead: usize,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self { segment_bytes: 64 << 20, frame_bytes: 4 << 20, zero_ahead: 256 << 10 }
    }
}
