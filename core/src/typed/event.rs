//! Events.

use super::{EncodeError, Payload};

/// An event type; see [`derive(Event)`](macro@crate::typed::Event).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    note = "declare it with #[derive(Event)] and #[event(kind = …)]"
)]
pub trait Event: Payload {
    /// The longest encoded form in bytes: exact without variable bytes, otherwise the declared
    /// `max_len`.
    const MAX_LEN: usize;

    /// Encodes the event on the stack, in a buffer of `MAX_LEN` bytes, and lends the result to `f`.
    ///
    /// # Errors
    /// The encoded form is longer than `MAX_LEN`, or variable bytes are longer than 65535.
    fn with_encoded<T>(&self, f: impl FnOnce(&[u8]) -> T) -> Result<T, EncodeError>;
}
