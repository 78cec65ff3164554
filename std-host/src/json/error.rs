//! Why a line is no command, a value no field, or bytes no record.

mod command;
mod decode;
mod names;
mod value;

pub use command::CommandError;
pub use decode::DecodeError;
pub use names::KnownNames;
pub use value::ValueError;

/// At most 64 bytes of a foreign text, so that an error does not grow with its cause.
pub(super) fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(64);
    text.get(..end).unwrap_or_default().to_owned()
}
