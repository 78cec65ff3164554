//! The outcome of a command.

use statevec_abi::host::CallFailure;

use crate::store::Events;

/// The outcome of a command. It borrows from the engine, and allocates nothing.
///
/// Hosts must treat each class in a way of its own, so the list is closed: a new class would be a
/// new contract.
#[derive(Debug)]
#[must_use = "a command that was not committed changed nothing"]
pub enum Outcome<'e> {
    /// The plugin accepted it.
    Committed {
        /// The number of the transaction, counted from 1 over all that were committed.
        tx_seq: u64,
        /// The events that the plugin emitted.
        events: Events<'e>,
    },
    /// The plugin or the host rejected it: kinds 2001, 2002 and 4001, which the same command on the
    /// same state gives everywhere. It changed nothing.
    Rejected(CallFailure<'e>),
    /// The plugin or the host failed: any other kind. It changed nothing.
    ///
    /// The next command meets a new instance of the plugin, as it would after a restart. Kind 4002
    /// stops the engine: the environment failed, and the same command may succeed elsewhere.
    Failed(CallFailure<'e>),
    /// The command's `ext_seq` is not above that of the last command. It did not run.
    Duplicate {
        /// The `ext_seq` of the last command that has an outcome.
        last_ext_seq: u64,
    },
}

impl<'e> Outcome<'e> {
    /// The outcome of a command that failed with this reason.
    #[cold]
    pub(super) fn of_failure(failure: CallFailure<'e>) -> Self {
        if failure.kind.is_rejection() { Self::Rejected(failure) } else { Self::Failed(failure) }
    }

    /// Returns true if the command took effect.
    #[must_use]
    pub fn is_committed(&self) -> bool {
        matches!(self, Self::Committed { .. })
    }

    /// The reason why the command was rejected or failed; `None` for all others.
    #[must_use]
    pub fn failure(&self) -> Option<CallFailure<'e>> {
        match *self {
            Self::Committed { .. } | Self::Duplicate { .. } => None,
            Self::Rejected(failure) | Self::Failed(failure) => Some(failure),
        }
    }
}
