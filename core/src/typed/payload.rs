//! Commands and events: fields packed one after another.

use super::{DecodeError, EncodeError};
use crate::schema::PayloadDef;

/// A command or event type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a command nor an event",
    note = "declare it with #[derive(Command)] or #[derive(Event)]"
)]
pub trait Payload: Sized {
    /// The command or event kind, 1 to 255.
    const KIND: u8;
    /// The definition. Its version is 1.0 until [`schema!`](crate::schema!) gives it the schema's
    /// own.
    const DEF: PayloadDef<'static>;

    /// The encoded length in bytes.
    fn encoded_len(&self) -> usize;

    /// Writes the encoded form to the start of `out`, and returns its length in bytes.
    ///
    /// # Errors
    /// `out` is shorter than [`encoded_len`](Payload::encoded_len), or variable bytes are longer
    /// than 65535. The content of `out` is then unspecified.
    fn encode(&self, out: &mut [u8]) -> Result<usize, EncodeError>;
}

/// A command or event that borrows its variable bytes from the encoded form.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a command nor an event",
    note = "declare it with #[derive(Command)] or #[derive(Event)]"
)]
pub trait DecodePayload<'a>: Payload {
    /// Reads the whole of `bytes` without copying.
    ///
    /// The published decoders read field by field and ignore bytes after the last one. Here the
    /// length must be exact: a longer payload was written for another layout, and a plugin must not
    /// act on a part of it.
    ///
    /// # Errors
    /// `bytes` is shorter or longer than the layout, an enum's byte is unknown, or fixed bytes
    /// state too great a length or have anything but zeros behind it.
    fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError>;
}
