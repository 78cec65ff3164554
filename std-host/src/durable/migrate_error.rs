//! Errors of a migration.

use std::path::PathBuf;

use crate::{
    PluginFailure, durable::DurableError, evolution::MigrationError, storage::StorageError,
};

/// The reason why a directory was not migrated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// The directory cannot be read or written.
    #[error(transparent)]
    Directory(#[from] DurableError),
    /// The records cannot be converted.
    #[error(transparent)]
    Records(#[from] MigrationError),
    /// There is nothing to migrate.
    #[error("{} holds no entries: begin it with the new plugin", dir.display())]
    Empty {
        /// The directory.
        dir: PathBuf,
    },
    /// The plugin has the directory's schema.
    #[error(
        "the directory has this schema already. A new build with the same schema needs no migration: run it on \
         the directory"
    )]
    SameSchema,
    /// The plugin is none of the directory's.
    #[error("the directory belongs to plugin {is}, and not to {other}")]
    OtherPlugin {
        /// The directory's plugin.
        is: String,
        /// The plugin that was given.
        other: String,
    },
    /// The converted records break an invariant of the new plugin.
    #[error(
        "the new plugin refuses the converted records: {failure}. Nothing was changed: repair the records with \
         the old plugin first, or state a default that the plugin accepts"
    )]
    Invariant {
        /// The invariant, or the plugin's failure.
        failure: PluginFailure,
    },
    /// The migration is in the log, and its checkpoint is not in place yet.
    #[error(
        "the directory was migrated with entry {entry}, but its checkpoint could not be put in place. The next \
         start makes it again"
    )]
    Unfinished {
        /// The migration's entry.
        entry: u64,
        /// The failure.
        source: DurableError,
    },
}

impl From<StorageError> for MigrateError {
    fn from(error: StorageError) -> Self {
        Self::Directory(error.into())
    }
}
