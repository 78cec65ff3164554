//! Brings back the state of a directory, without any plugin.

use std::{path::PathBuf, sync::Arc};

use statevec_abi::{
    abi::RecordKey,
    txlog::{Entry, MigrationEntry, StateDigest},
};
use statevec_abi_alloc::schema::SchemaRegistry;

use super::{DataDirectory, DurableError, Schemas};
use crate::{
    Store,
    checkpoint::{self, CheckpointReader},
    evolution::{MigrationError, MigrationRules},
    store::{Restorer, StoreLimits},
    txlog::{Damage, LogEnd, LogError, LogHeader, LogPosition, LogWalk, Walked},
};

/// The state of a directory after its last entry.
#[derive(Debug)]
pub struct Recovered {
    /// The records.
    pub store: Store,
    /// The end of the log, with what a crash left incomplete there.
    pub end: LogEnd,
    /// Plugin and environment of the last entry; `None` if there is no entry yet.
    pub header: Option<LogHeader>,
    /// The checkpoint that recovery began at.
    pub checkpoint: Option<(u64, PathBuf)>,
    /// How many entries were applied.
    pub applied: u64,
    /// Bytes of the frames that hold them.
    pub log_bytes: u64,
    /// True if one of them was a migration: the checkpoint behind it is missing.
    pub migrated: bool,
}

impl Recovered {
    /// The position behind the last entry.
    #[must_use]
    pub fn position(&self) -> &LogPosition {
        &self.end.position
    }
}

/// Restores the newest checkpoint, and applies the changes of the entries behind it. No plugin
/// runs. Nothing is changed on the storage.
///
/// The store has the schema of the last entry. `schema` is that of a new directory, and one that
/// need not be read from the folder of schemas.
///
/// # Errors
///
/// Something is damaged or missing.
pub fn recover(
    directory: &DataDirectory,
    schema: Option<&Arc<SchemaRegistry>>,
    limits: StoreLimits,
) -> Result<Recovered, DurableError> {
    let storage = directory.storage();
    let schemas = Schemas::new(directory, schema);
    let newest = checkpoint::list(&**storage, &directory.checkpoints())?.pop();
    let restored = newest.as_ref().map_or(0, |(entry, _)| *entry);
    let empty = |schema| -> Result<_, DurableError> {
        Ok(Restorer::new(Store::with_limits(schema, limits)?))
    };
    let mut restorer = None;
    if let Some((_, path)) = &newest {
        let reader = CheckpointReader::open(&**storage, path)?;
        let restorer =
            restorer.insert(empty(schemas.of_fingerprints(&reader.head().fingerprints)?)?);
        restore_records(reader, restorer, path.clone())?;
    }
    let mut walk = LogWalk::open(Arc::clone(storage), &directory.log(), restored + 1)?;
    let mut restorer = match restorer {
        Some(restorer) => restorer,
        None if walk.end().is_none() => empty(schemas.of_header(walk.header())?)?,
        None => {
            let unknown = || DurableError::SchemaUnknown { path: directory.schemas() };
            empty(Arc::clone(schema.ok_or_else(unknown)?))?
        }
    };
    let before_log = walk.position();
    if before_log.entry == restored
        && walk.end().is_none()
        && before_log.digest != restorer.digest()
    {
        let checkpoint = directory.checkpoints().join(checkpoint::file_name(restored));
        return Err(DurableError::StartMissing { log: directory.log(), checkpoint });
    }
    let (mut applied, mut log_bytes, mut migrated) = (0, 0, false);
    let mut before = 0;
    while walk.next_frame(|walked| {
        applied += 1;
        if let Entry::Migration(migration) = &walked.entry {
            migrated = true;
            return apply_migration(&mut restorer, walked, migration, &schemas);
        }
        Ok(apply_entry(&mut restorer, walked)?)
    })? {
        if applied > before {
            log_bytes += walk.frame_len();
            before = applied;
        }
    }
    let Some(mut end) = walk.end().cloned() else {
        return Err(
            LogError::Missing { from: restored, to: restored, path: directory.log() }.into()
        );
    };
    if end.is_empty() && restored == 0 {
        // The records that the log will start from, or none.
        end.position.digest = restorer.digest();
    }
    let position = &end.position;
    if let Some((entry, checkpoint)) = &newest {
        let (entry, checkpoint, log) = (*entry, checkpoint.clone(), directory.log());
        if end.is_empty() && entry > 0 {
            return Err(DurableError::LogMissing { checkpoint, entry, log });
        }
        if position.entry < entry {
            return Err(DurableError::LogBehind { log, last: position.entry, checkpoint, entry });
        }
        if applied == 0 && position.digest != restorer.digest() {
            return Err(digest_differs(checkpoint, position.digest, restorer.digest()));
        }
    }
    let header = (!end.is_empty()).then(|| walk.header().clone());
    Ok(Recovered {
        store: restorer.into_store(),
        end,
        header,
        checkpoint: newest,
        applied,
        log_bytes,
        migrated,
    })
}

/// Applies an entry's changes to the records before it, and compares the digest that the entry
/// states.
///
/// # Errors
///
/// A change does not fit the records, or the digests differ.
pub fn apply_entry(restorer: &mut Restorer, walked: &Walked<'_>) -> Result<(), LogError> {
    let Entry::Transaction(transaction) = &walked.entry else { return Ok(()) };
    for change in transaction.changes {
        let applied = restorer.apply(&change);
        applied.map_err(|error| walked.damaged(Damage::Change(error)))?;
    }
    check_digest(walked, transaction.digest, restorer.digest())
}

fn check_digest(
    walked: &Walked<'_>,
    stated: StateDigest,
    computed: StateDigest,
) -> Result<(), LogError> {
    if stated == computed {
        return Ok(());
    }
    let (stated, computed) = (stated.to_string(), computed.to_string());
    Err(walked.damaged(Damage::Digest { stated, computed }))
}

fn migrated(
    records: &Store,
    migration: &MigrationEntry<'_>,
    schemas: &Schemas,
) -> Result<Result<Restorer, MigrationError>, DurableError> {
    let mut header = LogHeader::empty();
    header.advance(&Entry::Migration(*migration));
    let schema = schemas.of_header(&header)?;
    let rules = MigrationRules::from_bytes(migration.rules);
    Ok(rules.map_err(MigrationError::from).and_then(|rules| rules.apply(records, &schema)))
}

/// An error with its cause.
fn error_text(error: &MigrationError) -> String {
    use std::error::Error as _;
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Carries out a migration on the records before it, and compares the digest that it states. The
/// store has the new schema then.
///
/// # Errors
///
/// The schema is not there any more, the rules do not fit the records, or the digests differ.
pub fn apply_migration(
    restorer: &mut Restorer,
    walked: &Walked<'_>,
    migration: &MigrationEntry<'_>,
    schemas: &Schemas,
) -> Result<(), DurableError> {
    let migrated = migrated(restorer.store(), migration, schemas)?;
    *restorer = migrated.map_err(|error| walked.damaged(Damage::Migration(error_text(&error))))?;
    Ok(check_digest(walked, migration.digest, restorer.digest())?)
}

/// How many records are expected at a time: more than the memory answers at once, and few enough
/// for the fastest cache.
const AHEAD: usize = 32;

/// Fills an empty store from a checkpoint.
///
/// # Errors
///
/// The checkpoint cannot be read, or does not fit the schema or its own digest.
pub fn restore_checkpoint(
    directory: &DataDirectory,
    restorer: &mut Restorer,
    path: PathBuf,
) -> Result<(), DurableError> {
    let reader = CheckpointReader::open(&**directory.storage(), &path)?;
    restore_records(reader, restorer, path)
}

fn restore_records(
    mut reader: CheckpointReader,
    restorer: &mut Restorer,
    path: PathBuf,
) -> Result<(), DurableError> {
    for end in reader.expected()? {
        // Saves growing the tables one record at a time; a checkpoint that does not fit is found
        // below.
        let _reserved = restorer.reserve(end.kind, end.records as usize);
    }
    let misfit = |source| DurableError::Restore { path: path.clone(), source };
    let mut expected = 0;
    while let Some(record) = reader.next()? {
        let key = RecordKey { kind: record.kind, sys_id: record.sys_id };
        restorer.record(key, record.data).map_err(misfit)?;
        expected = match expected {
            0 => restorer.expect(key.kind, reader.upcoming().take(AHEAD)),
            more => more - 1,
        };
    }
    for end in reader.ends().unwrap_or_default() {
        restorer.next_sys_id(end.kind, end.next_sys_id).map_err(misfit)?;
    }
    let stated = reader.head().position.digest;
    if restorer.digest() == stated {
        Ok(())
    } else {
        Err(digest_differs(path, stated, restorer.digest()))
    }
}

fn digest_differs(path: PathBuf, stated: StateDigest, computed: StateDigest) -> DurableError {
    let (stated, computed) = (stated.to_string(), computed.to_string());
    DurableError::CheckpointDigest { path, stated, computed }
}
