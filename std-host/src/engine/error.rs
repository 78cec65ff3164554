//! What can go wrong around a plugin's commands.

use std::fmt;

use statevec_abi::{RuntimeErrorKind, RuntimeErrorPhase, host::CallFailure};

use crate::store::StoreError;

/// Why an engine could not be made, or did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// There can be no store for the plugin's schema.
    #[error("the plugin's schema cannot be stored")]
    Store(#[from] StoreError),
    /// The store holds the records of another schema.
    #[error("the store holds records of another schema than that of plugin {plugin}")]
    Schema {
        /// The plugin's name.
        plugin: String,
    },
    /// The plugin made no instance.
    #[error("plugin {plugin} cannot be created")]
    Create {
        /// The plugin's name.
        plugin: String,
        /// What the plugin says.
        source: PluginFailure,
    },
    /// The plugin's `on_unload` failed.
    #[error("plugin {plugin} failed to unload")]
    Unload {
        /// The plugin's name.
        plugin: String,
        /// What the plugin says.
        source: PluginFailure,
    },
}

/// A [`CallFailure`] that may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginFailure {
    /// The part of the plugin's life that failed.
    pub phase: RuntimeErrorPhase,
    /// What kind of error it is.
    pub kind: RuntimeErrorKind,
    /// The reason.
    pub message: String,
}

impl From<CallFailure<'_>> for PluginFailure {
    fn from(failure: CallFailure<'_>) -> Self {
        Self { phase: failure.phase, kind: failure.kind, message: failure.message.to_string() }
    }
}

impl fmt::Display for PluginFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind.name() {
            Some(name) => write!(f, "{name} ({}): {}", self.kind.0, self.message),
            None => write!(f, "error {}: {}", self.kind.0, self.message),
        }
    }
}

impl std::error::Error for PluginFailure {}
