//! Makes checkpoints from the log.

mod background;
mod maker;
mod run_queue;
mod schedule;
mod turns;

use std::{path::PathBuf, sync::Arc};

use statevec_abi::{
    abi::RecordKey,
    txlog::{Entry, EntryChange, StateDigest},
};

use super::{DataDirectory, DurableError, recover};
use crate::{
    Store, StoreLimits,
    checkpoint::{
        self, CheckpointError, CheckpointHead, CheckpointReader, CheckpointWriter, Merged,
        NetChanges, merge,
    },
    storage::remove_if_there,
    txlog::{LogError, LogHeader, LogPosition, LogWalk, Retention, Walked, remove_covered},
};

pub(super) use maker::CheckpointMaker;
use turns::Turns;

/// A checkpoint that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeCheckpoint {
    /// Its entry.
    pub entry: u64,
    /// Its file.
    pub path: PathBuf,
    /// Length of its file.
    pub bytes: u64,
    /// Segments that the retention allowed to remove.
    pub removed: Vec<PathBuf>,
}

/// Options for making checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckpointOptions {
    /// A checkpoint is begun beside the commands when the log has grown by this many bytes since
    /// the one before, and by at least as many as that checkpoint has. So the next start reads
    /// little, and checkpoints write no more than the log does. `None`: only when it is asked for.
    /// The default is 256 MiB.
    pub every: Option<u64>,
    /// About how many bytes of changes are held in memory. If there are more since the last
    /// checkpoint, several are made, one after another. The default is 256 MiB.
    pub memory: usize,
    /// The segments that are kept after checkpoints cover them.
    pub retention: Retention,
}

impl Default for CheckpointOptions {
    fn default() -> Self {
        Self { every: Some(256 << 20), memory: 256 << 20, retention: Retention::default() }
    }
}

/// Makes a checkpoint of a durable entry, from the checkpoint before it and the log: neither the
/// engine's records are read, nor does any plugin run.
///
/// `target` is the position behind a frame. `None` if there is a checkpoint of it, or of a later
/// entry, already.
///
/// # Errors
///
/// The storage fails, or something is damaged. No checkpoint is replaced then.
pub fn make_checkpoint(
    directory: &DataDirectory,
    target: &LogPosition,
    options: &CheckpointOptions,
) -> Result<Option<MadeCheckpoint>, DurableError> {
    make(directory, target, options, Turns::alone())
}

/// As [`make_checkpoint`].
fn make(
    directory: &DataDirectory,
    target: &LogPosition,
    options: &CheckpointOptions,
    mut turns: Turns,
) -> Result<Option<MadeCheckpoint>, DurableError> {
    let mut made = None;
    loop {
        let existing = checkpoint::list(&**directory.storage(), &directory.checkpoints())?;
        let newest = existing.last();
        if newest.map_or(0, |(entry, _)| *entry) >= target.entry {
            return Ok(made);
        }
        let mut next = make_next(directory, newest, target.entry, options, &mut turns)?;
        let before = made.map_or_else(Vec::new, |made: MadeCheckpoint| made.removed);
        next.removed.splice(..0, before);
        made = Some(next);
    }
}

/// Makes one checkpoint, of the target or of an entry on the way.
fn make_next(
    directory: &DataDirectory,
    before: Option<&(u64, PathBuf)>,
    target: u64,
    options: &CheckpointOptions,
    turns: &mut Turns,
) -> Result<MadeCheckpoint, DurableError> {
    let (storage, dir) = (directory.storage(), directory.checkpoints());
    let from = before.map_or(0, |(entry, _)| *entry) + 1;
    let mut walk = LogWalk::open(Arc::clone(storage), &directory.log(), from)?;
    // The entries before are steps, too.
    walk.show_all();
    let (mut changes, mut migrated) = (NetChanges::new(), false);
    while !migrated && walk.position().entry < target && changes.bytes() < options.memory {
        if !walk.next_frame(|walked| {
            turns.step();
            if walked.entry.number() < from {
                return Ok(());
            }
            migrated |= matches!(walked.entry, Entry::Migration(_));
            collect(&mut changes, walked)
        })? {
            break;
        }
    }
    if migrated {
        return from_recovered(directory, options, before);
    }
    let position = *walk.position();
    if position.entry < from {
        let (entry, log) = (from, directory.log());
        return Err(LogError::Missing { from: entry, to: target, path: log }.into());
    }
    let entry = position.entry;
    let unfinished = checkpoint::unfinished(&dir, entry);
    remove_if_there(&**storage, &unfinished)?;
    let head = CheckpointHead::new(walk.header(), position);
    let reader = before.map(|(_, path)| CheckpointReader::open(&**storage, path)).transpose()?;
    let mut writer = CheckpointWriter::create(&**storage, &unfinished, &head)?;
    let mut digest = StateDigest::EMPTY;
    merge(reader, changes, &mut writer, |merged| {
        turns.step();
        match merged {
            Merged::Record { kind, sys_id, data } => {
                digest.add_record(RecordKey { kind, sys_id }, data);
            }
            Merged::Kind(end) => digest.set_next_sys_id(end.kind, 1, end.next_sys_id),
        }
    })?;
    if digest != position.digest {
        let (stated, computed) = (position.digest.to_string(), digest.to_string());
        return Err(DurableError::CheckpointDigest { path: unfinished, stated, computed });
    }
    let bytes = writer.finish()?;
    published(directory, options, before, entry, bytes)
}

/// Makes a checkpoint of the last entry, from the records in memory: merging cannot cross a
/// migration.
fn from_recovered(
    directory: &DataDirectory,
    options: &CheckpointOptions,
    before: Option<&(u64, PathBuf)>,
) -> Result<MadeCheckpoint, DurableError> {
    let recovered = recover(directory, None, StoreLimits::default())?;
    let position = *recovered.position();
    let header = recovered.header.ok_or_else(|| LogError::Missing {
        from: position.entry,
        to: position.entry,
        path: directory.log(),
    })?;
    let bytes = write_checkpoint(directory, &header, position, &recovered.store)?;
    published(directory, options, before, position.entry, bytes)
}

/// Writes the records behind an entry as a checkpoint that is not published yet.
pub(super) fn write_checkpoint(
    directory: &DataDirectory,
    header: &LogHeader,
    position: LogPosition,
    records: &Store,
) -> Result<u64, DurableError> {
    let storage = &**directory.storage();
    let path = checkpoint::unfinished(&directory.checkpoints(), position.entry);
    remove_if_there(storage, &path)?;
    let head = CheckpointHead::new(header, position);
    Ok(checkpoint::write_records(storage, &path, &head, records)?)
}

fn published(
    directory: &DataDirectory,
    options: &CheckpointOptions,
    before: Option<&(u64, PathBuf)>,
    entry: u64,
    bytes: u64,
) -> Result<MadeCheckpoint, DurableError> {
    let storage = directory.storage();
    let path = checkpoint::publish(&**storage, &directory.checkpoints(), entry)?;
    // Segments are removed only when another checkpoint covers them, too, because this one's file
    // may become damaged.
    let covered = before.map_or(0, |(entry, _)| *entry);
    let removed = remove_covered(&**storage, &directory.log(), options.retention, covered, entry)?;
    Ok(MadeCheckpoint { entry, path, bytes, removed })
}

fn collect(changes: &mut NetChanges, walked: &Walked<'_>) -> Result<(), DurableError> {
    let Entry::Transaction(transaction) = &walked.entry else { return Ok(()) };
    for change in transaction.changes {
        let RecordKey { kind, sys_id } = change.key();
        let collected = match change {
            EntryChange::Created { data, .. } => changes.created(kind, sys_id, data),
            EntryChange::Updated { offset, bytes, .. } => {
                changes.updated(kind, sys_id, offset as usize, bytes)
            }
            EntryChange::Deleted { .. } => changes.deleted(kind, sys_id),
            EntryChange::CreatedAndDeleted { .. } => {
                changes.numbered(kind, sys_id.saturating_add(1));
                Ok(())
            }
        };
        collected.map_err(CheckpointError::from)?;
    }
    Ok(())
}
