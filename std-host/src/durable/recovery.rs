//! Brings back the state of a directory, without any plugin.

use std::{path::PathBuf, sync::Arc};

use statevec_abi::{
    abi::RecordKey,
    txlog::{Entry, StateDigest},
};
use statevec_abi_alloc::schema::SchemaRegistry;

use super::{DataDirectory, DurableError};
use crate::{
    Store,
    checkpoint::{self, CheckpointReader},
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
/// # Errors
///
/// Something is damaged or missing.
pub fn recover(
    directory: &DataDirectory,
    schema: &Arc<SchemaRegistry>,
    limits: StoreLimits,
) -> Result<Recovered, DurableError> {
    let mut restorer = Restorer::new(Store::with_limits(Arc::clone(schema), limits)?);
    let storage = directory.storage();
    let newest = checkpoint::list(&**storage, &directory.checkpoints())?.pop();
    if let Some((_, path)) = &newest {
        restore_checkpoint(directory, &mut restorer, path.clone())?;
    }
    let restored = newest.as_ref().map_or(0, |(entry, _)| *entry);
    let mut walk = LogWalk::open(Arc::clone(storage), &directory.log(), restored + 1)?;
    let before_log = walk.position();
    if before_log.entry == restored
        && walk.end().is_none()
        && before_log.digest != restorer.digest()
    {
        let checkpoint = directory.checkpoints().join(checkpoint::file_name(restored));
        return Err(DurableError::StartMissing { log: directory.log(), checkpoint });
    }
    let (mut applied, mut log_bytes) = (0, 0);
    let mut before = 0;
    while walk.next_frame(|walked| {
        applied += 1;
        apply_entry(&mut restorer, walked)
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
    let (stated, computed) = (transaction.digest, restorer.digest());
    if stated != computed {
        let (stated, computed) = (stated.to_string(), computed.to_string());
        return Err(walked.damaged(Damage::Digest { stated, computed }));
    }
    Ok(())
}

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
    let mut reader = CheckpointReader::open(&**directory.storage(), &path)?;
    for end in reader.expected()? {
        // Saves growing the tables one record at a time; a checkpoint that does not fit is found
        // below.
        let _reserved = restorer.reserve(end.kind, end.records as usize);
    }
    let misfit = |source| DurableError::Restore { path: path.clone(), source };
    while let Some(record) = reader.next()? {
        let key = RecordKey { kind: record.kind, sys_id: record.sys_id };
        restorer.record(key, record.data).map_err(misfit)?;
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
