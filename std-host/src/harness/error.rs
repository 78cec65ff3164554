//! Errors of a harness.

use statevec_abi::typed::{DecodeError, EncodeError};

use crate::{
    engine::{EngineError, PluginFailure},
    loader::LoadError,
};

/// An error in a step of a test.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HarnessError {
    /// The plugin cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// No instance could be made.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The command has no encoded form.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A record's or event's bytes do not fit the type.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The type is not in the plugin's schema, so that no host knows it.
    #[error("`{name}` is not in the plugin's schema: add it to {list}: […] of schema!")]
    Unlisted {
        /// The type.
        name: &'static str,
        /// The list that lacks it.
        list: &'static str,
    },
    /// The command was rejected.
    #[error("the command was rejected: {0}")]
    Rejected(#[source] PluginFailure),
    /// The plugin or the host failed.
    #[error("the command failed: {0}")]
    Failed(#[source] PluginFailure),
    /// A command that the test ran on the [engine](super::Harness::engine) used up the numbers.
    #[error("no ext_seq is left: the last command has {last_ext_seq}")]
    SequenceEnd {
        /// The `ext_seq` of the last command.
        last_ext_seq: u64,
    },
    /// An invariant does not hold.
    #[error("the invariants do not hold: {0}")]
    Invariants(#[source] PluginFailure),
}
