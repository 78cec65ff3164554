//! Error buffers as text.

use alloc::{
    format,
    string::{String, ToString},
};

use statevec_abi::abi::RuntimeErrorBuf;

/// The text of an error buffer: at most 512 bytes. Bytes that are not UTF-8 become U+FFFD.
#[must_use]
pub fn runtime_error_text(error: &RuntimeErrorBuf) -> String {
    error.message().to_string()
}

/// An error buffer on one line, as the published adapters pass it on: `phase=RunTx kind=2001
/// message=…`.
#[must_use]
pub fn runtime_error_message(error: &RuntimeErrorBuf) -> String {
    format!("phase={:?} kind={} message={}", error.phase, error.kind.0, error.message())
}
