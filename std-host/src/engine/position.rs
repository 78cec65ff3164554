//! The position of an engine, and the environment that determines its outcomes.

use statevec_abi::layers::Limits;

use crate::{loader::Sha256, store::StoreLimits};

/// The position of an engine in its sequence of commands.
///
/// # Example
///
/// ```
/// use statevec_host::engine::Position;
///
/// let start = Position::default();
/// assert_eq!((start.tx_seq, start.ext_seq), (0, None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Number of committed transactions.
    pub tx_seq: u64,
    /// The `ext_seq` of the last command that has an outcome; `None` before the first.
    pub ext_seq: Option<u64>,
}

impl Position {
    /// The `ext_seq` that a command gets by default: 1 for the first, then one more than the last.
    /// `None` when the largest number has been used.
    #[must_use]
    pub fn next_ext_seq(&self) -> Option<u64> {
        self.ext_seq.map_or(Some(1), |last| last.checked_add(1))
    }
}

/// Everything beside the commands that determines their outcomes.
///
/// Two engines whose environments are equal, and whose plugin is deterministic, give the same
/// outcomes for the same commands. An unknown digest is equal to another unknown digest only:
/// compare environments of one plugin file, or of plugins that are loaded with their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// The plugin's name.
    pub plugin: String,
    /// SHA-256 of the plugin's file, if the loader knows it. A linked plugin has none.
    pub plugin_sha256: Option<Sha256>,
    /// The configuration text that the plugin was created with.
    pub config: String,
    /// The limits of the store.
    pub limits: StoreLimits,
    /// The limits of the plugin.
    pub plugin_limits: Limits,
}
