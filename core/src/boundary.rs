//! The rules of the boundary, and the code that keeps them in both directions.
//!
//! One function runs every call that crosses the boundary; it catches panics and makes the status.
//! Foreign bytes become slices here, within [`limits`]. Failures are written here, into the
//! caller's error buffer. The [`rules`] are numbered; each `SAFETY:` line cites one.

pub(crate) mod bytes;
pub(crate) mod claim;
mod command;
pub(crate) mod enter;
mod error_slot;
pub mod limits;
pub(crate) mod panic;
mod reason;
pub mod rules;
pub(crate) mod text_writer;

pub use bytes::{BytesError, runtime_bytes_slice, runtime_bytes_slice_mut};
pub use command::RuntimeCommandRef;
pub use error_slot::{ErrorSlot, ErrorWritten, TxResult, clear_runtime_error, write_runtime_error};
pub use panic::CATCHES_PANICS;
pub use reason::Reason;
pub(crate) use reason::{ShortText, fail};
