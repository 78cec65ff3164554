//! Errors of the JSON forms: lines, values, and bytes that do not fit the schema.

mod command;
mod decode;
mod names;
mod record;
mod value;

pub use command::{CommandError, CommandProblem};
pub use decode::DecodeError;
pub use names::KnownNames;
pub use record::RecordError;
pub use value::ValueError;

use std::fmt;

/// At most 64 bytes of a foreign text, so that an error does not grow with its cause.
pub(super) fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(64);
    text.get(..end).unwrap_or_default().to_owned()
}

/// A number of bytes in an error text: "1 byte", "2 bytes".
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} byte{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}
