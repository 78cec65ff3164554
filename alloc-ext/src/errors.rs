//! The published errors of plugins and hosts: a text each, and four types so that they cannot be
//! mixed up.

use alloc::string::{String, ToString};

use statevec_abi::typed::DecodeError;

/// The reason for a failed host call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror_no_std::Error)]
#[error("{message}")]
pub struct RuntimeHostError {
    /// The reason, for a person.
    pub message: String,
}

/// The reason for a failed creation of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror_no_std::Error)]
#[error("{message}")]
pub struct RuntimePluginLoadError {
    /// The reason, for a person.
    pub message: String,
}

/// The reason for a rejected command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror_no_std::Error)]
#[error("{message}")]
pub struct RuntimePluginError {
    /// The reason, for a person.
    pub message: String,
}

/// The reason for a failed release of a plugin's resources.
#[derive(Debug, Clone, PartialEq, Eq, thiserror_no_std::Error)]
#[error("{message}")]
pub struct RuntimePluginUnloadError {
    /// The reason, for a person.
    pub message: String,
}

impl core::error::Error for RuntimeHostError {}
impl core::error::Error for RuntimePluginLoadError {}
impl core::error::Error for RuntimePluginError {}
impl core::error::Error for RuntimePluginUnloadError {}

impl RuntimeHostError {
    /// An error with a reason.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl RuntimePluginLoadError {
    /// An error with a reason.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl RuntimePluginError {
    /// An error with a reason.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl RuntimePluginUnloadError {
    /// An error with a reason.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// A failed host call, passed on with `?`, becomes a rejection with its text (ABI.md section 3).
impl From<RuntimeHostError> for RuntimePluginError {
    fn from(error: RuntimeHostError) -> Self {
        Self { message: error.message }
    }
}

/// A command whose payload does not decode is rejected.
impl From<DecodeError> for RuntimePluginError {
    fn from(error: DecodeError) -> Self {
        Self { message: error.to_string() }
    }
}

/// A failed host call, passed on with `?` from
/// [`validate_biz_invariants`](crate::RuntimePlugin::validate_biz_invariants).
impl From<RuntimeHostError> for String {
    fn from(error: RuntimeHostError) -> Self {
        error.message
    }
}
