//! Errors of opening and running a durable engine.

use std::path::PathBuf;

use crate::{
    EngineError, StoreError, checkpoint::CheckpointError, storage::StorageError,
    store::RestoreError, txlog::LogError,
};

/// An error of opening or running a durable engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DurableError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The plugin.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// There can be no store for the plugin's schema.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The records of a checkpoint do not fit the schema or each other.
    #[error(
        "checkpoint {} does not fit the schema. Nothing was changed: move the file away, and the next \
         start begins at the checkpoint before it or at the start of the log",
        path.display()
    )]
    Restore {
        /// The checkpoint.
        path: PathBuf,
        /// The record that does not fit.
        source: RestoreError,
    },
    /// The records of a checkpoint do not have the digest that it states.
    #[error(
        "checkpoint {} states digest {stated}, but its records have {computed}. Nothing was changed: move the \
         file away, and the next start begins at the checkpoint before it or at the start of the log",
        path.display()
    )]
    CheckpointDigest {
        /// The checkpoint.
        path: PathBuf,
        /// The digest in its head.
        stated: String,
        /// The digest of its records.
        computed: String,
    },
    /// There are checkpoints and no log.
    #[error(
        "{} has the checkpoint of entry {entry}, but no log. Nothing was changed: restore the folder {}, or move \
         the folder of checkpoints away to begin anew",
        checkpoint.display(),
        log.display()
    )]
    LogMissing {
        /// The checkpoint.
        checkpoint: PathBuf,
        /// Its entry.
        entry: u64,
        /// The folder of the log.
        log: PathBuf,
    },
    /// Records are to be put into a directory that is in use already.
    #[error(
        "{} holds a state already: records can only be put into a new directory. Give another one, or go on \
         without them",
        dir.display()
    )]
    NotEmpty {
        /// The directory.
        dir: PathBuf,
    },
    /// The log starts from records that are not there.
    #[error(
        "the log in {} starts from records that no checkpoint holds. Nothing was changed: restore {} from a \
         backup or a replica",
        log.display(),
        checkpoint.display()
    )]
    StartMissing {
        /// The folder of the log.
        log: PathBuf,
        /// The checkpoint that held them.
        checkpoint: PathBuf,
    },
    /// The log ends before a checkpoint.
    #[error(
        "the log in {} ends with entry {last}, but {} is the checkpoint of entry {entry}. Nothing was changed: \
         restore the end of the log from a backup or a replica",
        log.display(),
        checkpoint.display()
    )]
    LogBehind {
        /// The folder of the log.
        log: PathBuf,
        /// The last entry of the log.
        last: u64,
        /// The checkpoint.
        checkpoint: PathBuf,
        /// Its entry.
        entry: u64,
    },
    /// The directory belongs to another plugin or schema.
    #[error(
        "{} was written with another schema: {}. Nothing was changed: use the plugin that wrote it, or take the \
         directory to the new schema; `statevec-host migrate {} --plugin PLUGIN --dry-run` tells what that would do",
        dir.display(), differences.join("; "), dir.display()
    )]
    Schema {
        /// The directory.
        dir: PathBuf,
        /// The differences.
        differences: Vec<String>,
    },
    /// The checkpoint of another directory was written with another plugin or schema.
    #[error(
        "{} cannot begin with the checkpoint of entry {entry}: {}. Nothing was begun: use the build that made the \
         checkpoint, or a checkpoint that this build made",
        dir.display(),
        if of == plugin {
            format!("plugin {of} wrote it with another schema")
        } else {
            format!("it belongs to plugin {of}, and not to {plugin}")
        }
    )]
    ForeignCheckpoint {
        /// The directory.
        dir: PathBuf,
        /// The entry of the checkpoint.
        entry: u64,
        /// The plugin that wrote the checkpoint.
        of: String,
        /// The plugin of the directory.
        plugin: String,
    },
    /// A schema that wrote to the directory is missing.
    #[error(
        "{} does not hold the schema that the directory was written with. Nothing was changed: restore it from a \
         backup or a replica, or open the directory with the plugin that wrote it",
        path.display()
    )]
    SchemaUnknown {
        /// Its file, or the folder of schemas.
        path: PathBuf,
    },
    /// The plugin's file is not the one that was loaded.
    #[error("{} has changed since it was loaded; load it again", path.display())]
    PluginFileChanged {
        /// The file.
        path: PathBuf,
    },
    /// An `ext_seq` is missing, and none may be.
    #[error("ext_seq {found} follows {last}: {} are missing, and strict sequences allow no gaps", found - last - 1)]
    Gap {
        /// The last command's.
        last: u64,
        /// The next command's.
        found: u64,
    },
    /// A command failed, and failures stop the engine.
    #[error(
        "the engine stopped at entry {entry}, because its command with ext_seq {ext_seq} failed: {text}. The \
         failure is recorded. Open the directory again to go on behind it, or with failures skipped"
    )]
    CommandFailed {
        /// The entry.
        entry: u64,
        /// The command's `ext_seq`.
        ext_seq: u64,
        /// The failure.
        text: String,
    },
    /// The machine failed a command: nothing is recorded.
    #[error(
        "the engine stopped at the command with ext_seq {ext_seq}, which was not run to its end and not \
         recorded: {text}. Open the directory again, and submit the command again"
    )]
    Environment {
        /// The command's `ext_seq`.
        ext_seq: u64,
        /// The failure.
        text: String,
    },
}
