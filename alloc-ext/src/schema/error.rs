//! Errors of schemas: the broken rule and its place.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::Utf8Error;

use thiserror_no_std::Error;

use crate::schema::{MAX_SCHEMA_LEN, SchemaRule};

/// A schema text that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SchemaIdlError {
    /// The text is longer than [`MAX_SCHEMA_LEN`]; it was not looked at.
    #[error("schema text has {len} bytes, at most {MAX_SCHEMA_LEN} are read")]
    TooLarge {
        /// Length of the text in bytes.
        len: usize,
    },
    /// The bytes are not UTF-8.
    #[error("schema text is not valid UTF-8")]
    InvalidUtf8(#[source] Utf8Error),
    /// The text is not JSON, or not of the form of a schema: a key is missing, or a value has the
    /// wrong type.
    #[error("schema text, line {line}, column {column}: {message}")]
    Json {
        /// Line of the text, counted from 1.
        line: usize,
        /// Column of the text in bytes, counted from 1; 0 stands for the end of the line before.
        column: usize,
        /// The parser's text, cut at 256 bytes.
        message: String,
    },
    /// The text says that it follows rules other than those of version "1.0".
    #[error("idlVersion is {0:?}, only \"1.0\" is understood")]
    UnsupportedIdlVersion(String),
    /// A fingerprint is not 32 hexadecimal digits.
    #[error("fingerprint of {section} is {text:?}, expected 32 hexadecimal digits")]
    InvalidFingerprint {
        /// The section whose fingerprint it is.
        section: SchemaSection,
        /// The text that was found, cut at 64 bytes.
        text: String,
    },
    /// A declaration in the text breaks a rule.
    #[error("{0}")]
    InvalidSchema(#[from] SchemaError),
}

impl core::error::Error for SchemaIdlError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::InvalidUtf8(source) => Some(source),
            // The text is the inner error's own, so that error is not its cause.
            Self::InvalidSchema(_)
            | Self::TooLarge { .. }
            | Self::Json { .. }
            | Self::UnsupportedIdlVersion(_)
            | Self::InvalidFingerprint { .. } => None,
        }
    }
}

/// A declaration that breaks a rule: which one, and which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// Part of the schema that holds the declaration.
    pub section: SchemaSection,
    /// Name of the record, command, event or enum, cut at 64 bytes.
    pub item: String,
    /// Name of its field or variant when the rule is about one, cut at 64 bytes.
    pub member: Option<String>,
    /// The rule that is broken.
    pub rule: SchemaRule,
}

impl SchemaError {
    pub(crate) fn new(section: SchemaSection, item: &str, rule: SchemaRule) -> Self {
        Self { section, item: cut(item), member: None, rule }
    }

    pub(crate) fn of_member(
        section: SchemaSection,
        item: &str,
        member: &str,
        rule: SchemaRule,
    ) -> Self {
        Self { member: Some(cut(member)), ..Self::new(section, item, rule) }
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.section.item(), self.item)?;
        if let Some(member) = &self.member {
            write!(f, ", {} {member:?}", self.section.member())?;
        }
        write!(f, ": {}", self.rule)
    }
}

impl core::error::Error for SchemaError {}

/// A part of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaSection {
    /// The enums.
    Types,
    /// The record types.
    Records,
    /// The commands.
    Commands,
    /// The events.
    Events,
}

impl SchemaSection {
    const fn item(self) -> &'static str {
        match self {
            Self::Types => "enum",
            Self::Records => "record",
            Self::Commands => "command",
            Self::Events => "event",
        }
    }

    const fn member(self) -> &'static str {
        match self {
            Self::Types => "variant",
            Self::Records | Self::Commands | Self::Events => "field",
        }
    }
}

impl fmt::Display for SchemaSection {
    /// The key of the section in the schema text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Types => "types",
            Self::Records => "records",
            Self::Commands => "commands",
            Self::Events => "events",
        })
    }
}

/// At most 64 bytes of a foreign text, so that an error never grows with its cause.
pub(crate) fn cut(text: &str) -> String {
    cut_at(64, text)
}

/// At most `max` bytes of a foreign text.
pub(crate) fn cut_at(max: usize, text: &str) -> String {
    let end = text.floor_char_boundary(max.min(text.len()));
    text.get(..end).unwrap_or_default().to_owned()
}
