//! Makes commands durable.

use super::DurableEngine;
use crate::{durable::DurableError, txlog::DurableWatch};

impl DurableEngine {
    /// Makes everything durable that was submitted, and waits for it. Returns the last entry.
    ///
    /// # Errors
    ///
    /// A write or sync failed, now or earlier: the entry is named. The log has stopped for good;
    /// opening the directory again recovers.
    pub fn sync(&mut self) -> Result<u64, DurableError> {
        let bytes = self.batch.sealed_len();
        self.committer.finish(&mut self.batch)?;
        self.committed(bytes);
        Ok(self.position.entry)
    }

    /// Begins to make durable what was submitted, unless as many frames are being written as
    /// [`frames_in_flight`] allows: then it shares the next one, with another call. It does not
    /// wait, unless everything runs on the caller's thread.
    ///
    /// [`frames_in_flight`]: crate::durable::DurableOptions::frames_in_flight
    ///
    /// # Errors
    ///
    /// As [`sync`](Self::sync).
    pub fn start_sync(&mut self) -> Result<(), DurableError> {
        let bytes = self.batch.sealed_len();
        self.committer.start(&mut self.batch)?;
        self.committed(bytes);
        Ok(())
    }

    /// Begins to make durable what was submitted, in a frame of its own. It waits only while as
    /// many frames are being written as [`frames_in_flight`] allows.
    ///
    /// [`frames_in_flight`]: crate::durable::DurableOptions::frames_in_flight
    ///
    /// # Errors
    ///
    /// As [`sync`](Self::sync).
    pub fn start_frame(&mut self) -> Result<(), DurableError> {
        let bytes = self.batch.sealed_len();
        self.committer.start_frame(&mut self.batch)?;
        self.committed(bytes);
        Ok(())
    }

    /// The last durable entry.
    #[must_use]
    pub fn durable(&self) -> u64 {
        self.committer.watch().entry()
    }

    /// A handle that tells which entries are durable, for other threads.
    #[must_use]
    pub fn watch(&self) -> DurableWatch {
        self.committer.watch().clone()
    }
}
