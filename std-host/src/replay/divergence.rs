//! A command whose result is not the recorded one.

use statevec_abi::{
    abi::{RecordKey, RuntimeErrorKind},
    host::CallFailure,
    txlog::{EntryFailure, EntryOutcome, StateDigest},
};

/// A command whose result is not the recorded one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divergence {
    /// The entry.
    pub entry: u64,
    /// The command's `ext_seq`.
    pub ext_seq: u64,
    /// The command's kind.
    pub command_kind: u8,
    /// The command's payload.
    pub payload: Vec<u8>,
    /// The first difference.
    pub difference: Difference,
}

/// The first difference between two results of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// Only one committed, or the reasons differ.
    Outcome {
        /// The recorded outcome.
        recorded: LoggedOutcome,
        /// The outcome now.
        replayed: LoggedOutcome,
    },
    /// An event.
    Event {
        /// Its place, counted from 1.
        place: usize,
        /// Kind and payload of the recorded event; `None` if there are fewer.
        recorded: Option<(u8, Vec<u8>)>,
        /// Kind and payload of the event now; `None` if there are fewer.
        replayed: Option<(u8, Vec<u8>)>,
    },
    /// A record after the command.
    Record {
        /// Its kind and number.
        key: RecordKey,
        /// The recorded data; `None` if there is no such record.
        recorded: Option<Vec<u8>>,
        /// The data now; `None` if there is no such record.
        replayed: Option<Vec<u8>>,
    },
    /// The state as a whole, although no record differs.
    Digest {
        /// The recorded digest.
        recorded: StateDigest,
        /// The digest now.
        replayed: StateDigest,
    },
}

/// An outcome without events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoggedOutcome {
    /// The command took effect.
    Committed,
    /// It was rejected.
    Rejected {
        /// The kind of the error.
        kind: RuntimeErrorKind,
        /// The reason.
        text: String,
    },
    /// It failed.
    Failed {
        /// The kind of the error.
        kind: RuntimeErrorKind,
        /// The reason.
        text: String,
    },
}

impl LoggedOutcome {
    pub(super) fn of_failure(failure: &CallFailure<'_>) -> Self {
        let (kind, text) = (failure.kind, failure.message.to_string());
        if kind.is_rejection() {
            Self::Rejected { kind, text }
        } else {
            Self::Failed { kind, text }
        }
    }
}

impl From<EntryOutcome<'_>> for LoggedOutcome {
    fn from(outcome: EntryOutcome<'_>) -> Self {
        match outcome {
            EntryOutcome::Committed { .. } => Self::Committed,
            EntryOutcome::Rejected(EntryFailure { kind, text }) => {
                Self::Rejected { kind, text: text.to_string() }
            }
            EntryOutcome::Failed(EntryFailure { kind, text }) => {
                Self::Failed { kind, text: text.to_string() }
            }
        }
    }
}
