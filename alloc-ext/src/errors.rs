//! The published errors of plugins and hosts: a text each, and four types so that they cannot be mixed up.

use alloc::string::String;

/// Why a host call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror_no_std::Error)]
#[error("{message}")]
pub struct RuntimeHostError {
    /// The reason, for a person.
    pub message: String,
}

/// Why a plugin could not be created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror_no_std::Error)]
#[error("{message}")]
pub struct RuntimePluginLoadError {
    /// The reason, for a person.
    pub message: String,
}

/// Why a plugin rejected a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror_no_std::Error)]
#[error("{message}")]
pub struct RuntimePluginError {
    /// The reason, for a person.
    pub message: String,
}

/// Why a plugin could not release what it holds.
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
