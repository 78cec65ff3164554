//! Errors of reading and writing a log.

use std::{path::PathBuf, sync::Arc};

use statevec_abi::txlog::{EntryError, FrameError, SegmentError};

use crate::{storage::StorageError, store::RestoreError};

/// An error of reading or writing a log.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] Arc<StorageError>),
    /// The log is damaged where a crash cannot have damaged it.
    #[error(
        "log segment {} is damaged at byte {offset}, in entry {entry}: {damage}. Entries before {entry} \
         are intact. Nothing was changed: restore this file from a backup or a replica",
        path.display()
    )]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// Offset of the damage, or of the damaged frame.
        offset: u64,
        /// The first entry that is affected.
        entry: u64,
        /// The damage.
        damage: Damage,
    },
    /// Segments are missing between two others.
    #[error(
        "entries {from} to {to} are missing: the log goes on with {}. Nothing was changed: restore the \
         missing segments from a backup or a replica",
        path.display()
    )]
    Missing {
        /// The first entry that is missing.
        from: u64,
        /// The last entry that is missing.
        to: u64,
        /// The segment behind them.
        path: PathBuf,
    },
    /// The log ends before an entry that was acknowledged.
    #[error(
        "the log in {} ends with entry {last}, but entry {acknowledged} was acknowledged. Nothing was \
         changed: restore the end of the log from a backup or a replica, or remove {} to go on without the \
         entries behind {last}",
        dir.display(),
        lock.display()
    )]
    LostEnd {
        /// The log's folder.
        dir: PathBuf,
        /// The last entry that is left.
        last: u64,
        /// The last entry that was acknowledged.
        acknowledged: u64,
        /// The lock file, which has that number.
        lock: PathBuf,
    },
    /// A segment has a format that this version does not know.
    #[error(
        "log segment {} has format version {found}; this program reads version {known}. Use the program that \
         wrote it, or a newer one",
        path.display()
    )]
    Version {
        /// The segment.
        path: PathBuf,
        /// Its version.
        found: u16,
        /// The version that is known.
        known: u16,
    },
    /// Another process has the directory.
    #[error("{} is in use by {holder}. A directory has one writer: stop that process first", dir.display())]
    Locked {
        /// The directory.
        dir: PathBuf,
        /// The process that has it.
        holder: String,
    },
    /// An entry is longer than the format allows.
    #[error("entry {entry} cannot be logged: {reason}")]
    TooLong {
        /// The entry.
        entry: u64,
        /// The field that is too long.
        reason: String,
    },
    /// A write or sync failed earlier, and the writer has stopped for good.
    #[error(
        "the log stopped at entry {entry}, which may or may not be durable. Entries before it are durable. \
         Start the process again to recover"
    )]
    Stopped {
        /// The first entry that was not acknowledged.
        entry: u64,
        /// The failure.
        #[source]
        reason: Arc<LogError>,
    },
}

/// Damage of a segment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The segment's header.
    #[error("{0}")]
    Header(SegmentError),
    /// A frame.
    #[error("{0}")]
    Frame(FrameError),
    /// An entry in a frame whose checksum is right.
    #[error("the entry is malformed: {0}")]
    Entry(EntryError),
    /// The segment belongs to another plugin, or starts from another position than the one before
    /// it ends at.
    #[error("the segment does not continue the one before it: its {field} differs")]
    Discontinuous {
        /// The field of the header that differs.
        field: &'static str,
    },
    /// A change does not fit the records.
    #[error("a change does not fit the records before it: {0}")]
    Change(RestoreError),
    /// The records are not those that the entry's digest stands for.
    #[error("the state's digest is {computed}, but the entry states {stated}")]
    Digest {
        /// The digest in the entry.
        stated: String,
        /// The digest of the records.
        computed: String,
    },
    /// The rules of a migration cannot be carried out on the records before it.
    #[error("the migration cannot be carried out: {0}")]
    Migration(String),
    /// Bytes where nothing was written are not zero.
    #[error("bytes behind the last frame are not zero")]
    Rest,
}

impl From<StorageError> for LogError {
    fn from(error: StorageError) -> Self {
        Self::Storage(Arc::new(error))
    }
}
