//! Runs one command, and decides what its failure leads to.

use statevec_abi::{
    abi::{
        ErrorText,
        runtime_error_kind::{HOST_INTERNAL_ERROR, PLUGIN_INTERNAL_ERROR},
    },
    boundary::RuntimeCommandRef,
    host::CallFailure,
    txlog::{EntryFailure, EntryOutcome},
};

use super::{
    DurableEngine, Submitted,
    stop::{Stop, stop_error},
};
use crate::{
    Outcome,
    durable::{
        DurableError, Logged, OnFailure,
        record::{NotRecorded, record_committed, record_unchanged},
    },
    engine::Position,
    txlog::{LogPosition, RunningCommand},
};

/// The text of a command that ended its process. It is recorded, so it is the same on every
/// replica.
pub(crate) const ENDED_PROCESS: &str = "the process ended while it ran this command";

impl DurableEngine {
    /// The recorded result of a command that was submitted before; `None` if no command had this
    /// number, or the log does not reach back so far. The entry is durable.
    ///
    /// # Errors
    ///
    /// As [`sync`](Self::sync), or the log cannot be read.
    pub fn recorded(&mut self, ext_seq: u64) -> Result<Option<Logged<'_>>, DurableError> {
        if self.position.ext_seq.is_none_or(|last| last < ext_seq) {
            return Ok(None);
        }
        Ok(self.duplicate(ext_seq)?.logged())
    }

    pub(super) fn duplicate(&mut self, ext_seq: u64) -> Result<Submitted<'_>, DurableError> {
        // Its entry may be in the batch. After the sync it is read from the log, like any other.
        if self.durable() < self.position.entry {
            self.sync()?;
        }
        Ok(Submitted::Duplicate { original: self.duplicates.find(ext_seq)? })
    }

    pub(super) fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Result<(), DurableError> {
        let Self { engine, batch, position, lock, .. } = self;
        let ext_seq = command.ext_seq();
        lock.begin(RunningCommand { entry: position.entry + 1, ext_seq });
        let outcome = engine.run_recorded(command, |tx_seq, transaction| {
            record_committed(batch, position, command, tx_seq, transaction)
        });
        lock.end();
        match outcome {
            Ok(Outcome::Committed { .. }) => Ok(()),
            Ok(Outcome::Rejected(CallFailure { kind, message: text, .. })) => {
                let rejected = EntryOutcome::Rejected(EntryFailure { kind, text });
                Ok(record_unchanged(batch, position, command, rejected)?)
            }
            Ok(Outcome::Failed(CallFailure { kind: HOST_INTERNAL_ERROR, message, .. })) => {
                let text = message.to_string();
                Err(self.stop(Stop::Environment { ext_seq, text }))
            }
            Ok(Outcome::Failed(CallFailure { kind, message: text, .. })) => {
                let failed = EntryOutcome::Failed(EntryFailure { kind, text });
                record_unchanged(batch, position, command, failed)?;
                let text = text.to_string();
                self.after_failure(text);
                Ok(())
            }
            Ok(Outcome::Duplicate { .. }) => {
                unreachable!("the engine and its log are behind the same command")
            }
            Err(NotRecorded::Append(error)) => Err(error.into()),
            Err(NotRecorded::Memory(error)) => {
                Err(self.stop(Stop::Environment { ext_seq, text: error.to_string() }))
            }
        }
    }

    fn stop(&mut self, stop: Stop) -> DurableError {
        stop_error(self.stopped.insert(stop))
    }

    /// Records a command that ended the process before, as failed.
    pub(super) fn record_interrupted(
        &mut self,
        command: &RuntimeCommandRef<'_>,
    ) -> Result<(), DurableError> {
        let failure = EntryFailure {
            kind: PLUGIN_INTERNAL_ERROR,
            text: ErrorText::new(ENDED_PROCESS.as_bytes()),
        };
        let (batch, position) = (&mut self.batch, &mut self.position);
        record_unchanged(batch, position, command, EntryOutcome::Failed(failure))?;
        let LogPosition { tx_seq, ext_seq, .. } = *position;
        self.engine.resume_at(Position { tx_seq, ext_seq });
        Ok(())
    }

    fn after_failure(&mut self, text: String) {
        let LogPosition { entry, ext_seq, .. } = self.position;
        if self.options.on_failure == OnFailure::Stop {
            let ext_seq = ext_seq.unwrap_or_default();
            self.stopped = Some(Stop::CommandFailed { entry, ext_seq, text });
        }
    }
}
