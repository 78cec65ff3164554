//! The error of the journal of keys.

use std::path::PathBuf;

use statevec_host::storage::StorageError;

/// The error of reading or writing the journal of keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(
        "{} is damaged at byte {offset}. Nothing was changed: restore the file from a backup, or move it away; \
         requests that are then sent again with an earlier Idempotency-Key run a second time",
        path.display()
    )]
    Damaged { path: PathBuf, offset: u64 },
}
