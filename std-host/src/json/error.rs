//! Why a line is no command, a value no field, or bytes no record.

use std::fmt;

use statevec_abi::limits;
use statevec_abi_alloc::schema::FieldType;
use thiserror::Error;

/// A line that is not a command of the schema. Where the line stands, its reader knows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CommandError {
    /// The line is not JSON.
    #[error("not valid JSON at column {column}: {message}")]
    Syntax {
        /// Column in bytes, counted from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// The line is JSON, but not an object.
    #[error(r#"expected an object such as {{"command":"…","payload":{{…}}}}, found {found}"#)]
    NotAnObject {
        /// What stands there.
        found: String,
    },
    /// A top-level key that means nothing.
    #[error(r#"unknown key {key:?}; a command has "command", "payload", "ext_seq" and "ref_ext_time_us""#)]
    UnknownKey {
        /// The key, cut at 64 bytes.
        key: String,
    },
    /// A top-level key that stands there twice.
    #[error("key {key:?} stands there twice")]
    DuplicateKey {
        /// The key.
        key: &'static str,
    },
    /// A top-level key that must be there.
    #[error("key {key:?} is missing; add {key:?}:{expected}")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// A top-level key with a value that it does not take.
    #[error("key {key:?}: expected {expected}, found {found}")]
    InvalidKey {
        /// The key.
        key: &'static str,
        /// What it takes.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// The schema has no such command.
    #[error("unknown command {name:?}; the plugin has {known}")]
    UnknownCommand {
        /// The name, cut at 64 bytes.
        name: String,
        /// The commands that there are.
        known: KnownNames,
    },
    /// The command has no such field.
    #[error("unknown field {field:?} of command {command:?}; it has {known}")]
    UnknownField {
        /// The command.
        command: String,
        /// The name, cut at 64 bytes.
        field: String,
        /// The fields that there are.
        known: KnownNames,
    },
    /// A field that stands there twice.
    #[error("field {field:?} of command {command:?} stands there twice")]
    DuplicateField {
        /// The command.
        command: String,
        /// The field.
        field: String,
    },
    /// A field that must be there, as all of them must.
    #[error("field {field:?} of command {command:?} is missing; expected {}", expectation(*.ty))]
    MissingField {
        /// The command.
        command: String,
        /// The field.
        field: String,
        /// Its type.
        ty: FieldType,
    },
    /// A field with a value that it does not take.
    #[error("field {field:?} of command {command:?}: {problem}")]
    Field {
        /// The command.
        command: String,
        /// The field.
        field: String,
        /// What is wrong with the value.
        problem: Box<ValueError>,
    },
    /// The fields together are more than a plugin takes.
    #[error("payload of command {command:?} has {len} bytes; at most {} are allowed", limits::COMMAND_PAYLOAD)]
    PayloadTooLong {
        /// The command.
        command: String,
        /// Length of the payload in bytes.
        len: usize,
    },
}

/// A value that a field does not take.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Another type, or a number out of range.
    #[error("expected {}, found {found}", expectation(*.ty))]
    Unexpected {
        /// The field's type.
        ty: FieldType,
        /// What stands there.
        found: String,
    },
    /// No variant of the enum has this name.
    #[error("unknown variant {found:?} of enum {enum_name:?}; it has {known}")]
    UnknownVariant {
        /// The enum.
        enum_name: String,
        /// The name, cut at 64 bytes.
        found: String,
        /// The variants that there are.
        known: KnownNames,
    },
    /// A variant by name, but the schema does not say what the names are.
    #[error("enum {enum_name:?} is not in the schema, so its variants have no names: expected a number from 0 to 255, found {found:?}")]
    UnknownEnum {
        /// The enum.
        enum_name: String,
        /// The name, cut at 64 bytes.
        found: String,
    },
    /// Too many bytes.
    #[error("{len} bytes are too long; at most {max} fit")]
    TooLong {
        /// Number of bytes that the value stands for.
        len: usize,
        /// Number of bytes that fit.
        max: usize,
    },
    /// Not a whole number of bytes in hexadecimal digits.
    #[error("expected two hexadecimal digits for each byte, found {found:?}")]
    NotHex {
        /// What stands there, cut at 64 bytes.
        found: String,
    },
}

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

/// Names that would have been right, the first few of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownNames {
    names: Vec<String>,
    more: usize,
}

impl KnownNames {
    const SHOWN: usize = 16;

    pub(super) fn of<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let more = names.len().saturating_sub(Self::SHOWN);
        let names = names.take(Self::SHOWN).map(cut).collect();
        Self { names, more }
    }

    /// The names, in the schema's order, at most 16.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

impl fmt::Display for KnownNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.names.is_empty() {
            return f.write_str("none");
        }
        for (at, name) in self.names.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            write!(f, "{separator}{name:?}")?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// What a field of this type takes.
const fn expectation(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Bool => "true or false",
        FieldType::U8 => "a whole number from 0 to 255",
        FieldType::U16 => "a whole number from 0 to 65535",
        FieldType::U32 => "a whole number from 0 to 4294967295",
        FieldType::U64 => "a whole number from 0 to 18446744073709551615",
        FieldType::I32 => "a whole number from -2147483648 to 2147483647",
        FieldType::I64 => "a whole number from -9223372036854775808 to 9223372036854775807",
        FieldType::U128 => {
            "decimal digits in a string, up to \"340282366920938463463374607431768211455\", or a whole number up to 18446744073709551615"
        }
        FieldType::FixedBytes | FieldType::VarBytes => r#"a string, or {"hex":"…"}"#,
        FieldType::EnumU8 => "a variant's name, or a whole number from 0 to 255",
    }
}

/// At most 64 bytes of a foreign text, so that an error does not grow with its cause.
pub(super) fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(64);
    text.get(..end).unwrap_or_default().to_owned()
}
