//! Bytes that do not fit their schema.

use thiserror::Error;

/// Bytes that do not fit their schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The schema has nothing of this kind.
    #[error("the schema has no {what} of kind {kind}")]
    UnknownKind {
        /// "record", "command" or "event".
        what: &'static str,
        /// The kind.
        kind: u8,
    },
    /// The bytes end before a field does.
    #[error("{name}: {len} bytes end before field {field:?} does")]
    Short {
        /// The record, command or event.
        name: String,
        /// The first field that is not all there.
        field: String,
        /// Number of bytes that there are.
        len: usize,
    },
    /// The bytes are more or fewer than the fields take.
    #[error("{name}: expected {expected} bytes, found {len}")]
    Length {
        /// The record, command or event.
        name: String,
        /// Number of bytes that the fields, or the record's data, take.
        expected: usize,
        /// Number of bytes that there are.
        len: usize,
    },
    /// Fixed bytes that say that they are longer than they can be.
    #[error("{name}: field {field:?} states {stated} bytes, at most {capacity} fit")]
    StatedLength {
        /// The record, command or event.
        name: String,
        /// The field.
        field: String,
        /// The length that the field states.
        stated: usize,
        /// The length that fits.
        capacity: usize,
    },
}
