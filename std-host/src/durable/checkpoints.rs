//! Makes checkpoints beside a running engine.

use std::{path::PathBuf, sync::Arc, thread::JoinHandle};

use statevec_abi::{
    abi::RecordKey,
    txlog::{Entry, EntryChange, StateDigest},
};

use super::{DataDirectory, DurableError};
use crate::{
    checkpoint::{
        self, CheckpointError, CheckpointHead, CheckpointReader, CheckpointWriter, Merged,
        NetChanges, merge,
    },
    storage::{Context as _, remove_if_there},
    txlog::{LogError, LogHeader, LogPosition, LogWalk, Retention, Walked, remove_covered},
};

/// A checkpoint that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeCheckpoint {
    /// Its entry.
    pub entry: u64,
    /// Its file.
    pub path: PathBuf,
    /// Segments that the retention allowed to remove.
    pub removed: Vec<PathBuf>,
}

/// Options for making checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckpointOptions {
    /// About how many bytes of changes are held in memory. If there are more since the last
    /// checkpoint, several are made, one after another. The default is 256 MiB.
    pub memory: usize,
    /// Which segments are kept after checkpoints cover them.
    pub retention: Retention,
}

impl Default for CheckpointOptions {
    fn default() -> Self {
        Self { memory: 256 << 20, retention: Retention::default() }
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
    let mut made = None;
    loop {
        let existing = checkpoint::list(&**directory.storage(), &directory.checkpoints())?;
        let newest = existing.last();
        if newest.map_or(0, |(entry, _)| *entry) >= target.entry {
            return Ok(made);
        }
        made = Some(make_next(directory, newest, target.entry, options)?);
    }
}

/// Makes one checkpoint, of the target or of an entry on the way.
fn make_next(
    directory: &DataDirectory,
    before: Option<&(u64, PathBuf)>,
    target: u64,
    options: &CheckpointOptions,
) -> Result<MadeCheckpoint, DurableError> {
    let (storage, dir) = (directory.storage(), directory.checkpoints());
    let from = before.map_or(0, |(entry, _)| *entry) + 1;
    let mut walk = LogWalk::open(Arc::clone(storage), &directory.log(), from)?;
    let mut changes = NetChanges::new();
    while walk.position().entry < target && changes.bytes() < options.memory {
        if !walk.next_frame(|walked| collect(&mut changes, walked))? {
            break;
        }
    }
    let position = *walk.position();
    if position.entry < from {
        let (entry, log) = (from, directory.log());
        return Err(LogError::Missing { from: entry, to: target, path: log }.into());
    }
    let entry = position.entry;
    let unfinished = checkpoint::unfinished(&dir, entry);
    remove_if_there(&**storage, &unfinished)?;
    let LogHeader { plugin, fingerprints, .. } = walk.header().clone();
    let head = CheckpointHead { plugin, fingerprints, position };
    let reader = before.map(|(_, path)| CheckpointReader::open(&**storage, path)).transpose()?;
    let mut writer = CheckpointWriter::create(&**storage, &unfinished, &head)?;
    let mut digest = StateDigest::EMPTY;
    merge(reader, changes, &mut writer, |merged| match merged {
        Merged::Record { kind, sys_id, data } => {
            digest.add_record(RecordKey { kind, sys_id }, data);
        }
        Merged::Kind(end) => digest.set_next_sys_id(end.kind, 1, end.next_sys_id),
    })?;
    if digest != position.digest {
        let (stated, computed) = (position.digest.to_string(), digest.to_string());
        return Err(DurableError::CheckpointDigest { path: unfinished, stated, computed });
    }
    writer.finish()?;
    let path = checkpoint::publish(&**storage, &dir, entry)?;
    // Segments are removed only when another checkpoint covers them, too, because this one's file
    // may
    // become damaged.
    let covered = before.map_or(0, |(entry, _)| *entry);
    let removed = remove_covered(&**storage, &directory.log(), options.retention, covered, entry)?;
    Ok(MadeCheckpoint { entry, path, removed })
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

/// Makes one checkpoint at a time, on a thread of its own or on the caller's.
#[derive(Debug)]
pub(super) struct CheckpointMaker {
    directory: DataDirectory,
    options: CheckpointOptions,
    in_background: bool,
    running: Option<JoinHandle<Result<Option<MadeCheckpoint>, DurableError>>>,
}

impl CheckpointMaker {
    pub(super) fn new(
        directory: DataDirectory,
        options: CheckpointOptions,
        in_background: bool,
    ) -> Self {
        Self { directory, options, in_background, running: None }
    }

    /// Returns true if one is being made.
    pub(super) fn is_running(&self) -> bool {
        self.running.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Begins to make a checkpoint. Returns the result of the one before if no call has returned it
    /// yet, or of this one if it is made on the caller's thread.
    pub(super) fn start(
        &mut self,
        target: LogPosition,
    ) -> Result<Option<MadeCheckpoint>, DurableError> {
        if self.is_running() {
            return Ok(None);
        }
        if !self.in_background {
            return make_checkpoint(&self.directory, &target, &self.options);
        }
        let before = self.wait();
        let (directory, options) = (self.directory.clone(), self.options);
        let make = move || make_checkpoint(&directory, &target, &options);
        let thread = std::thread::Builder::new().name("checkpoint".into()).spawn(make);
        self.running = Some(thread.context("start a thread for", &self.directory.checkpoints())?);
        before
    }

    /// Waits for the checkpoint that is being made; `None` if there is none, or it was there
    /// already.
    pub(super) fn wait(&mut self) -> Result<Option<MadeCheckpoint>, DurableError> {
        match self.running.take().map(JoinHandle::join) {
            None => Ok(None),
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
    }
}

impl Drop for CheckpointMaker {
    fn drop(&mut self) {
        if let Some(thread) = self.running.take() {
            // A failed checkpoint loses nothing; the next one tries again.
            let _made = thread.join();
        }
    }
}
