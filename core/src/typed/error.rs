//! Errors of decoding and encoding.

use thiserror_no_std::Error;

use crate::boundary::ShortText;

/// Bytes that do not decode as the expected record, command or event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes end inside the layout.
    #[error(
        "{name} has {found} bytes, but its layout needs {needed}: was it written by another version of the schema?"
    )]
    Short {
        /// The record, command or event.
        name: &'static str,
        /// The bytes that the layout needs, as far as it was read.
        needed: usize,
        /// The bytes that are there.
        found: usize,
    },
    /// Bytes follow behind the layout of a command or event.
    #[error(
        "{name} has {found} bytes, but its layout ends after {expected}: was it written by another version of the schema?"
    )]
    Long {
        /// The command or event.
        name: &'static str,
        /// The bytes that the layout takes.
        expected: usize,
        /// The bytes that are there.
        found: usize,
    },
    /// An enum's byte belongs to no variant.
    #[error("{name}.{field} is {raw}, which is no value of {enum_name}")]
    UnknownVariant {
        /// The record, command or event.
        name: &'static str,
        /// The field.
        field: &'static str,
        /// The enum.
        enum_name: &'static str,
        /// The byte.
        raw: u8,
    },
    /// Fixed bytes state a length above their capacity.
    #[error("{name}.{field} states a length of {len} bytes, but it holds at most {capacity}")]
    FixedBytesTooLong {
        /// The record, command or event.
        name: &'static str,
        /// The field.
        field: &'static str,
        /// The stated length.
        len: usize,
        /// The capacity.
        capacity: usize,
    },
    /// In a command or event, bytes after the stated length of fixed bytes are not zero.
    #[error("{name}.{field} has bytes behind its stated length: pad it with zeros")]
    FixedBytesPadding {
        /// The command or event.
        name: &'static str,
        /// The field.
        field: &'static str,
    },
}

impl core::error::Error for DecodeError {}

impl ShortText for DecodeError {
    fn short_text(&self) -> &'static str {
        match self {
            Self::Short { .. } => "too few bytes",
            Self::Long { .. } => "too many bytes",
            Self::UnknownVariant { .. } => "bad enum value",
            Self::FixedBytesTooLong { .. } => "bad length",
            Self::FixedBytesPadding { .. } => "bad padding",
        }
    }
}

/// A record, command or event that cannot be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is too small.
    #[error(
        "{name} takes {needed} bytes, but there is room for {room} (an event's room is its max_len)"
    )]
    NoRoom {
        /// The record, command or event.
        name: &'static str,
        /// The bytes that it takes.
        needed: usize,
        /// The bytes that there are.
        room: usize,
    },
    /// Variable bytes are longer than their `u16` length can hold.
    #[error("{name}.{field} has {len} bytes, but variable bytes end at 65535")]
    VarBytesTooLong {
        /// The command or event.
        name: &'static str,
        /// The field.
        field: &'static str,
        /// The length.
        len: usize,
    },
}

impl core::error::Error for EncodeError {}

impl ShortText for EncodeError {
    fn short_text(&self) -> &'static str {
        "no room"
    }
}
