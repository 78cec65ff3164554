//! The reason why another build was not taken.

use statevec_host::durable::ReplaceError;

use super::verdict::Reason;
use crate::engine::{Refusal, with_causes};

/// The reason why another build was not taken. The build before goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RefusedBuild {
    /// The build does not fit.
    #[error("{text}; the build before goes on")]
    Build { reason: Reason, text: String },
    /// The engine does not answer.
    #[error(transparent)]
    Engine(#[from] Refusal),
}

impl RefusedBuild {
    pub(super) fn new(reason: Reason, text: impl Into<String>) -> Self {
        Self::Build { reason, text: text.into() }
    }
}

impl From<ReplaceError> for RefusedBuild {
    fn from(error: ReplaceError) -> Self {
        let reason = match error {
            ReplaceError::OtherPlugin { .. } => Reason::Plugin,
            ReplaceError::Schema { .. } => Reason::Schema,
            ReplaceError::Invariant { .. } => Reason::Invariant,
            _ => Reason::Load,
        };
        Self::new(reason, with_causes(&error))
    }
}
