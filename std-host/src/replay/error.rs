//! Errors of a replay.

use std::path::PathBuf;

use statevec_abi::schema::Version;

use crate::{
    EngineError, StoreError, checkpoint::CheckpointError, durable::DurableError,
    storage::StorageError, txlog::LogError,
};

/// An error that keeps a replay from beginning or going on. A [divergence](super::Divergence) is no
/// error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A checkpoint cannot be restored.
    #[error(transparent)]
    Directory(#[from] DurableError),
    /// The plugin cannot be created.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// There can be no store for the schema.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The plugin is another one, or has another schema.
    #[error("the plugin does not fit the log: {}. Replay with a build that has a schema of the log, or take the directory to the new one with \
         `statevec-host migrate`", differences.join("; "))]
    Schema {
        /// The differences.
        differences: Vec<String>,
    },
    /// The schema that the log was written with is not known.
    #[error("{} has no copy of the log's schema; replay with a plugin", folder.display())]
    SchemaUnknown {
        /// The folder of schemas.
        folder: PathBuf,
    },
    /// The build that wrote entries cannot be loaded.
    #[error("the build that wrote the entries of schema {version} cannot be loaded")]
    Build {
        /// The version of the schema.
        version: Version,
        /// The failure.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another build than the given one wrote entries, and nothing loads it.
    #[error(
        "the log goes on under schema {version}, which the plugin does not have. Replay with the builds that the \
         directory keeps"
    )]
    OtherBuild {
        /// The version of the schema.
        version: Version,
    },
    /// A single file has no other schemas.
    #[error(
        "entry {entry} migrates to another schema, which a single file does not hold. Replay the directory, or up \
         to the entry before"
    )]
    MigrationInFile {
        /// The entry.
        entry: u64,
    },
    /// There is nothing to replay.
    #[error("{} holds no entries", path.display())]
    Empty {
        /// The directory or file.
        path: PathBuf,
    },
    /// The log begins with a later entry, and the state before it is not known.
    #[error(
        "{} begins with entry {first_entry}, and there is no checkpoint of the state before it. Replay from a \
         later checkpoint, or restore the missing segments",
        path.display()
    )]
    StateUnknown {
        /// The directory or file.
        path: PathBuf,
        /// Its first entry.
        first_entry: u64,
    },
    /// The machine failed a command.
    #[error("entry {entry} could not be run again: {text}")]
    Environment {
        /// The entry.
        entry: u64,
        /// The failure.
        text: String,
    },
}
