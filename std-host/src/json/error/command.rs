//! Lines that are no commands.

use statevec_abi::boundary::limits;
use statevec_abi_alloc::schema::FieldType;
use thiserror::Error;

use super::value::expectation;
use super::{KnownNames, ValueError};

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
    #[error(
        "payload of command {command:?} has {len} bytes; at most {} are allowed",
        limits::COMMAND_PAYLOAD
    )]
    PayloadTooLong {
        /// The command.
        command: String,
        /// Length of the payload in bytes.
        len: usize,
    },
}
