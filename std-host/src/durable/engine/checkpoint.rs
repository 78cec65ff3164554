//! Checkpoints of a running engine.

use super::DurableEngine;
use crate::durable::{DurableError, MadeCheckpoint};

impl DurableEngine {
    /// Begins to make a checkpoint of the last durable entry, beside the commands. Nothing happens
    /// while one is being made.
    ///
    /// Checkpoints are begun on their own, too, as [`CheckpointOptions`] says.
    ///
    /// [`CheckpointOptions`]: crate::durable::CheckpointOptions
    pub fn start_checkpoint(&mut self) {
        let target = self.committer.watch().position();
        self.checkpoints.start(target);
    }

    /// Returns true if a checkpoint is being made.
    #[must_use]
    pub fn is_making_checkpoint(&self) -> bool {
        self.checkpoints.is_running()
    }

    /// Takes the result of the last checkpoint that was finished. `None` if there is no new one.
    ///
    /// # Errors
    ///
    /// A checkpoint failed. Commands are not affected, and the next checkpoint tries again.
    pub fn finished_checkpoint(&mut self) -> Result<Option<MadeCheckpoint>, DurableError> {
        self.checkpoints.take()
    }

    /// Makes a checkpoint of everything that was submitted, and waits for it. `None` if there was
    /// one of the last entry already.
    ///
    /// # Errors
    ///
    /// As [`sync`](Self::sync), or this or an earlier checkpoint failed.
    pub fn checkpoint(&mut self) -> Result<Option<MadeCheckpoint>, DurableError> {
        self.sync()?;
        self.checkpoints.wait();
        let before = self.checkpoints.take()?;
        self.start_checkpoint();
        self.checkpoints.wait();
        Ok(self.checkpoints.take()?.or(before))
    }

    /// Counts what a commit took from the batch, which had so many bytes before, and begins a
    /// checkpoint if one is due.
    pub(super) fn committed(&mut self, batch_bytes: usize) {
        if batch_bytes > 0 && self.batch.is_empty() {
            self.checkpoints.count(batch_bytes as u64);
            if self.checkpoints.is_due() {
                self.start_checkpoint();
            }
        }
    }
}
