//! What became of a command.

use statevec_abi::host::CallFailure;

use crate::store::Events;

/// What became of a command. It borrows from the engine, and allocates nothing.
#[derive(Debug)]
#[must_use = "a command that was not committed changed nothing"]
pub enum Outcome<'e> {
    /// The plugin accepted it.
    Committed {
        /// The number of the transaction, counted from 1 over all that were committed.
        tx_seq: u64,
        /// What the plugin emitted.
        events: Events<'e>,
    },
    /// The plugin or the host rejected it: kinds 2001, 2002 and 4001, which the same command on the same state gives everywhere. It changed
    /// nothing.
    Rejected(CallFailure<'e>),
    /// The plugin or the host failed: any other kind. It changed nothing.
    Failed(CallFailure<'e>),
}

impl<'e> Outcome<'e> {
    #[cold]
    pub(super) fn of_failure(failure: CallFailure<'e>) -> Self {
        if failure.kind.is_rejection() { Self::Rejected(failure) } else { Self::Failed(failure) }
    }

    /// Whether the command took effect.
    #[must_use]
    pub fn is_committed(&self) -> bool {
        matches!(self, Self::Committed { .. })
    }

    /// Why the command took no effect; `None` when it did.
    #[must_use]
    pub fn failure(&self) -> Option<CallFailure<'e>> {
        match *self {
            Self::Committed { .. } => None,
            Self::Rejected(failure) | Self::Failed(failure) => Some(failure),
        }
    }
}
