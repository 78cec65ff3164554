//! Errors of lines that are not commands.

use std::fmt;

use statevec_abi::boundary::limits;
use statevec_abi_alloc::schema::FieldType;
use thiserror::Error;

use super::value::expectation;
use super::{KnownNames, ValueError};

/// A line that is not a command of the schema: the problem and its place in the line.
///
/// `Display` gives the text of the problem. The number of the line is the caller's to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandError {
    column: usize,
    problem: CommandProblem,
}

impl CommandError {
    /// `offset` is that of the first byte of the problem's cause.
    pub(in crate::json) fn at(offset: usize, problem: CommandProblem) -> Self {
        Self { column: offset + 1, problem }
    }

    /// Column of the problem in bytes, counted from 1: the first byte of a wrong name or value, or
    /// the place where something is missing.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// The problem.
    #[must_use]
    pub fn problem(&self) -> &CommandProblem {
        &self.problem
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            // The message names no field, so the text has the column.
            CommandProblem::Syntax { message } => {
                write!(f, "not valid JSON at column {}: {message}", self.column)
            }
            problem => problem.fmt(f),
        }
    }
}

impl std::error::Error for CommandError {}

/// The problem of a line that is not a command of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CommandProblem {
    /// The line is not JSON.
    #[error("not valid JSON: {message}")]
    Syntax {
        /// The JSON reader's message.
        message: String,
    },
    /// The line is JSON, but not an object.
    #[error(r#"expected an object such as {{"command":"…","payload":{{…}}}}, found {found}"#)]
    NotAnObject {
        /// The value in the line.
        found: String,
    },
    /// An unknown key at the top level.
    #[error(r#"unknown key {key:?}; a command has "command", "payload", "ext_seq" and "ref_ext_time_us""#)]
    UnknownKey {
        /// The key, cut at 64 bytes.
        key: String,
    },
    /// A repeated key at the top level.
    #[error("key {key:?} stands there twice")]
    DuplicateKey {
        /// The key.
        key: &'static str,
    },
    /// A missing key at the top level.
    #[error("key {key:?} is missing; add {key:?}:{expected}")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// The value that it takes.
        expected: &'static str,
    },
    /// A key at the top level with a value that it does not take.
    #[error("key {key:?}: expected {expected}, found {found}")]
    InvalidKey {
        /// The key.
        key: &'static str,
        /// The value that it takes.
        expected: &'static str,
        /// The value in the line.
        found: String,
    },
    /// A command that the schema does not have.
    #[error("unknown command {name:?}; the plugin has {known}")]
    UnknownCommand {
        /// The name, cut at 64 bytes.
        name: String,
        /// The commands of the schema.
        known: KnownNames,
    },
    /// A field that the command does not have.
    #[error("unknown field {field:?} of command {command:?}; it has {known}")]
    UnknownField {
        /// The command.
        command: String,
        /// The name, cut at 64 bytes.
        field: String,
        /// The fields of the command.
        known: KnownNames,
    },
    /// A repeated field.
    #[error("field {field:?} of command {command:?} stands there twice")]
    DuplicateField {
        /// The command.
        command: String,
        /// The field.
        field: String,
    },
    /// A missing field. A command needs all its fields.
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
        /// The problem of the value.
        problem: Box<ValueError>,
    },
    /// A payload that is longer than plugins take.
    #[error(
        "payload of command {command:?} has more than {} bytes, which no plugin takes",
        limits::COMMAND_PAYLOAD
    )]
    PayloadTooLong {
        /// The command.
        command: String,
    },
}
