//! The reason that a durable engine has stopped.

use crate::durable::DurableError;

/// The reason that no further command runs.
#[derive(Debug, Clone)]
pub(in crate::durable) enum Stop {
    CommandFailed { entry: u64, ext_seq: u64, text: String },
    Environment { ext_seq: u64, text: String },
}

/// The error for every further command.
pub(super) fn stop_error(stop: &Stop) -> DurableError {
    match stop.clone() {
        Stop::CommandFailed { entry, ext_seq, text } => {
            DurableError::CommandFailed { entry, ext_seq, text }
        }
        Stop::Environment { ext_seq, text } => DurableError::Environment { ext_seq, text },
    }
}
