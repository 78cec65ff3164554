//! Runs one recorded command again.

use std::collections::TryReserveError;

use statevec_abi::{
    abi::runtime_error_kind::HOST_INTERNAL_ERROR,
    boundary::RuntimeCommandRef,
    txlog::{EntryOutcome, StateDigest, TransactionEntry},
};

use super::{Difference, LoggedOutcome, compare::compare};
use crate::{GuardedEngine, Outcome, engine::Position};

/// The result of a command that was run again.
pub(super) enum Replayed {
    /// As recorded.
    Same,
    /// Differently. It changed nothing.
    Different(Difference),
    /// The machine failed it.
    Environment(String),
}

/// The reason that a transaction is not committed.
enum Refused {
    Different(Difference),
    Memory(TryReserveError),
}

/// Runs a command, which takes effect only if its result is the recorded one. The engine is behind
/// the command afterwards, as the log is.
pub(super) fn run_again(
    engine: &mut GuardedEngine,
    entry: &TransactionEntry<'_>,
    before: StateDigest,
) -> Replayed {
    let command = RuntimeCommandRef::new(
        entry.command_kind,
        entry.ext_seq,
        entry.ref_ext_time_us,
        entry.payload,
    );
    let outcome = engine.run_recorded(&command, |_, transaction| {
        if !matches!(entry.outcome, EntryOutcome::Committed { .. }) {
            let recorded = entry.outcome.into();
            let replayed = LoggedOutcome::Committed;
            return Err(Refused::Different(Difference::Outcome { recorded, replayed }));
        }
        match compare(transaction, entry, before) {
            Ok(None) => Ok(()),
            Ok(Some(difference)) => Err(Refused::Different(difference)),
            Err(error) => Err(Refused::Memory(error)),
        }
    });
    let replayed = match outcome {
        Ok(Outcome::Committed { .. }) => Replayed::Same,
        Ok(Outcome::Failed(failure)) if failure.kind == HOST_INTERNAL_ERROR => {
            Replayed::Environment(failure.message.to_string())
        }
        Ok(Outcome::Rejected(failure) | Outcome::Failed(failure)) => {
            let recorded = LoggedOutcome::from(entry.outcome);
            let replayed = LoggedOutcome::of_failure(&failure);
            if recorded == replayed {
                Replayed::Same
            } else {
                Replayed::Different(Difference::Outcome { recorded, replayed })
            }
        }
        Ok(Outcome::Duplicate { last_ext_seq }) => {
            Replayed::Environment(format!("its ext_seq is not above the last one, {last_ext_seq}"))
        }
        Err(Refused::Different(difference)) => Replayed::Different(difference),
        Err(Refused::Memory(error)) => Replayed::Environment(error.to_string()),
    };
    let tx_seq = match entry.outcome {
        EntryOutcome::Committed { tx_seq } => tx_seq,
        _ => engine.tx_seq(),
    };
    engine.resume_at(Position { tx_seq, ext_seq: Some(entry.ext_seq) });
    replayed
}
