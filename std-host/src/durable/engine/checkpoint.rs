//! Checkpoints of a running engine.

use super::DurableEngine;
use crate::durable::{DurableError, MadeCheckpoint};

impl DurableEngine {
    /// Begins to make a checkpoint of the last durable entry, beside the commands. Nothing happens
    /// while one is being made.
    ///
    /// Returns the checkpoint that was made before, if no call has returned it yet; or the new one,
    /// if everything runs on the caller's thread.
    ///
    /// # Errors
    ///
    /// The checkpoint that was made failed. Commands are not affected.
    pub fn start_checkpoint(&mut self) -> Result<Option<MadeCheckpoint>, DurableError> {
        let target = self.committer.watch().position();
        self.checkpoints.start(target)
    }

    /// Returns true if a checkpoint is being made.
    #[must_use]
    pub fn is_making_checkpoint(&self) -> bool {
        self.checkpoints.is_running()
    }

    /// Makes a checkpoint of everything that was submitted, and waits for it. `None` if there was
    /// one of the last entry already.
    ///
    /// # Errors
    ///
    /// As [`sync`](Self::sync), or the checkpoint failed.
    pub fn checkpoint(&mut self) -> Result<Option<MadeCheckpoint>, DurableError> {
        self.sync()?;
        self.checkpoints.wait()?;
        let made = self.start_checkpoint()?;
        Ok(self.checkpoints.wait()?.or(made))
    }
}
