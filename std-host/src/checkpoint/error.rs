//! Errors of reading and writing checkpoints.

use std::path::PathBuf;

use super::ChangeConflict;
use crate::storage::StorageError;

/// An error of reading or writing a checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The log does not continue the checkpoint.
    #[error("the log does not fit the checkpoint before it")]
    Conflict(#[from] ChangeConflict),
    /// The file is not a whole checkpoint.
    #[error(
        "checkpoint {} is damaged at byte {offset}: {what}. Nothing was changed: move the file away, and the \
         next start begins at the checkpoint before it or at the start of the log",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Offset of the damaged block.
        offset: u64,
        /// The damage.
        what: &'static str,
    },
    /// The file has a format that this version does not know.
    #[error(
        "checkpoint {} has format version {found}; this program reads version {known}. \
         Use the program that wrote it, or a newer one",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u16,
        /// The version that is known.
        known: u16,
    },
}
