//! An engine whose results survive a crash: it writes each result to a data directory before it
//! acknowledges it.

mod checkpoints;
mod directory;
mod duplicates;
mod engine;
mod entry_writers;
mod error;
mod first_records;
mod joined;
mod migrate;
mod migrate_error;
mod open;
mod opened;
mod options;
mod record;
mod recorder;
mod recovery;
mod schemas;

pub use checkpoints::{CheckpointOptions, MadeCheckpoint, make_checkpoint};
pub use directory::DataDirectory;
pub use duplicates::Logged;
pub(crate) use engine::ENDED_PROCESS;
pub use engine::{DurableEngine, PreparedBuild, ReplaceError, Submitted, check_same_schema};
pub use entry_writers::EntryWriters;
pub use error::DurableError;
pub use first_records::begin_with_records;
pub use joined::{begin_with_checkpoint, can_begin_with_checkpoint};
pub use migrate::{MigrateOptions, Migrated, MigratedRecords, migrate};
pub use migrate_error::MigrateError;
pub use opened::Opened;
pub use options::{DurableOptions, OnFailure};
pub use recorder::{RecordError, Recorder};
pub use recovery::{Recovered, apply_entry, apply_migration, recover, restore_checkpoint};
pub use schemas::Schemas;
