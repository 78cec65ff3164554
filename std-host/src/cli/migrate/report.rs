//! The result of a migration, for people and for programs.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Serialize;
use statevec_host::{
    durable::{Migrated, MigratedRecords},
    evolution::SchemaChange,
    foreign_text::Escaped,
};

use crate::cli::summary::Number;

/// The result of a migration.
#[derive(Serialize)]
pub(super) struct Report {
    dry_run: bool,
    directory: PathBuf,
    /// The last entry before the migration.
    from_entry: u64,
    /// The migration's entry.
    entry: u64,
    from_digest: String,
    digest: String,
    changes: Vec<SchemaChange>,
    records: Vec<Records>,
    checkpoint: Option<PathBuf>,
}

#[derive(Serialize)]
struct Records {
    record: String,
    /// None for a record that is new.
    before: Option<u64>,
    /// None for a record that is dropped.
    after: Option<u64>,
}

impl Report {
    pub(super) fn of(migrated: &Migrated, directory: &Path, dry_run: bool) -> Self {
        let records = migrated.records.iter().map(|records| {
            let MigratedRecords { record, before, after } = records.clone();
            Records { record, before, after }
        });
        Self {
            dry_run,
            directory: directory.into(),
            from_entry: migrated.before.entry,
            entry: migrated.position.entry,
            from_digest: migrated.before.digest.to_string(),
            digest: migrated.position.digest.to_string(),
            changes: migrated.changes.clone(),
            records: records.collect(),
            checkpoint: migrated.checkpoint.clone(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            writeln!(f, "{}", Escaped(&change.to_string()))?;
        }
        for Records { record, before, after } in &self.records {
            let record = Escaped(record);
            match (before, after) {
                (Some(before), None) => {
                    writeln!(f, "{record}: {} dropped", Number(*before, "record"))?;
                }
                (_, Some(after)) => writeln!(f, "{record}: {}", Number(*after, "record"))?,
                (None, None) => {}
            }
        }
        let Self { dry_run, directory, entry, digest, .. } = self;
        let would = if *dry_run { "dry run: entry" } else { "migrated with entry" };
        write!(f, "{} {would} {entry}; digest {digest}", directory.display())?;
        f.write_str(if *dry_run { "; nothing was written\n" } else { "\n" })
    }
}
