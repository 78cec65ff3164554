//! Typed commands on a durable engine.

use statevec_abi::{
    abi::RuntimeErrorPhase,
    boundary::RuntimeCommandRef,
    txlog::{EntryFailure, EntryOutcome},
    typed::Command,
};

use super::{Committed, TypedError, payload::encode};
use crate::{
    PluginFailure,
    durable::{DurableEngine, Submitted},
};

impl DurableEngine {
    /// Runs and records a command as the next one: its `ext_seq` is one more than that of the last,
    /// from 1, and its reference time is 0. It is durable after the next [`sync`](Self::sync).
    ///
    /// # Errors
    ///
    /// The command was [rejected](TypedError::Rejected) or [failed](TypedError::Failed), which is
    /// recorded, too. Nothing is recorded if the schema does not list the command, or if the log
    /// has [stopped](TypedError::Durable).
    pub fn run_typed<C: Command>(&mut self, command: &C) -> Result<Committed<'_>, TypedError> {
        // At the end of the numbers the engine answers with a duplicate.
        let ext_seq = self.engine.position().next_ext_seq().unwrap_or(u64::MAX);
        self.run_typed_at(command, ext_seq, 0)
    }

    /// Runs and records a command with a number and a reference time in microseconds.
    ///
    /// # Errors
    ///
    /// As [`run_typed`](Self::run_typed). A number that is not above the last one is a
    /// [duplicate](TypedError::Duplicate); [`submit`](Self::submit) gives its recorded result.
    pub fn run_typed_at<C: Command>(
        &mut self,
        command: &C,
        ext_seq: u64,
        ref_ext_time_us: u64,
    ) -> Result<Committed<'_>, TypedError> {
        let mut payload = std::mem::take(self.engine.payload());
        let ran = encode(command, self.engine.store().schema(), &mut payload).and_then(|()| {
            let view = RuntimeCommandRef::new(C::KIND, ext_seq, ref_ext_time_us, &payload);
            Ok(matches!(self.submit(&view)?, Submitted::Ran(_)))
        });
        // The next command uses the memory again.
        *self.engine.payload() = payload;
        let last_ext_seq = self.position.ext_seq.unwrap_or_default();
        let logged = match ran? {
            true => self.last_logged(),
            false => return Err(TypedError::Duplicate { last_ext_seq }),
        };
        match logged.entry().outcome {
            EntryOutcome::Committed { tx_seq } => {
                Ok(Committed::of_entry(tx_seq, logged, self.engine.store().schema()))
            }
            EntryOutcome::Rejected(failure) => Err(TypedError::Rejected(owned(failure))),
            EntryOutcome::Failed(failure) => Err(TypedError::Failed(owned(failure))),
        }
    }
}

fn owned(failure: EntryFailure<'_>) -> PluginFailure {
    let EntryFailure { kind, text } = failure;
    PluginFailure { phase: RuntimeErrorPhase::RunTx, kind, message: text.to_string() }
}
