//! Errors of bytes that do not fit the schema.

use thiserror::Error;

use super::Bytes;
use crate::foreign_text::Escaped;

/// Bytes that do not fit the schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// A kind that the schema does not have.
    #[error("the schema has no {what} of kind {kind}")]
    UnknownKind {
        /// "record", "command" or "event".
        what: &'static str,
        /// The kind.
        kind: u8,
    },
    /// Bytes that end inside a field.
    #[error(
        "{}: {} {} before field {field:?} does",
        Escaped(.name), Bytes(*.len), if *.len == 1 { "ends" } else { "end" }
    )]
    Short {
        /// The record, command or event.
        name: String,
        /// The first field that is not complete.
        field: String,
        /// Number of bytes in all.
        len: usize,
    },
    /// More or fewer bytes than the fields take.
    #[error("{}: expected {}, found {len}", Escaped(.name), Bytes(*.expected))]
    Length {
        /// The record, command or event.
        name: String,
        /// Number of bytes that the fields, or the record's data, take.
        expected: usize,
        /// Number of bytes that were given.
        len: usize,
    },
    /// Fixed bytes that state a length above their capacity.
    #[error(
        "{}: field {field:?} states {}, at most {capacity} fit",
        Escaped(.name), Bytes(*.stated)
    )]
    StatedLength {
        /// The record, command or event.
        name: String,
        /// The field.
        field: String,
        /// The length that the field states.
        stated: usize,
        /// The capacity of the field.
        capacity: usize,
    },
}
