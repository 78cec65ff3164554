//! Errors of typed calls.

use statevec_abi::typed::{DecodeError, EncodeError};

use crate::{durable::DurableError, engine::PluginFailure};

/// The reason why a typed call has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TypedError {
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
    /// The records are not kept in the order of their keys.
    #[error("`{name}` has no key ranges: add range_scan to #[record(…)], beside pk(…)")]
    NoRangeScan {
        /// The record type.
        name: &'static str,
    },
    /// The command was rejected, and changed nothing.
    #[error("the command was rejected: {0}")]
    Rejected(#[source] PluginFailure),
    /// The plugin or the host failed. The command changed nothing.
    #[error("the command failed: {0}")]
    Failed(#[source] PluginFailure),
    /// The command did not run: its number is not above the last one.
    #[error("the command did not run: its ext_seq is not above {last_ext_seq}, the last one")]
    Duplicate {
        /// The `ext_seq` of the last command.
        last_ext_seq: u64,
    },
    /// The log of a durable engine has stopped, or refuses the command.
    #[error(transparent)]
    Durable(#[from] DurableError),
}
