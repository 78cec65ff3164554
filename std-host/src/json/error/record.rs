//! Lines of a state file that are neither records nor next numbers.

use statevec_abi_alloc::schema::FieldType;
use thiserror::Error;

use super::{KnownNames, ValueError, value::expectation};

/// The problem of a line of a state file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The line is not JSON, or has other keys.
    #[error("not a line of a state file: {message}")]
    Line {
        /// The JSON reader's message.
        message: String,
    },
    /// Keys that do not go together.
    #[error(
        r#"expected {{"record":"…","sys_id":…,"data":{{…}}}} or {{"record":"…","next_sys_id":…}}"#
    )]
    Parts,
    /// A record that the schema does not have.
    #[error("unknown record {name:?}; the plugin has {known}")]
    UnknownRecord {
        /// The name, cut at 64 bytes.
        name: String,
        /// The records of the schema.
        known: KnownNames,
    },
    /// A field that the record does not have.
    #[error("unknown field {field:?} of record {record:?}; it has {known}")]
    UnknownField {
        /// The record.
        record: String,
        /// The name, cut at 64 bytes.
        field: String,
        /// The fields of the record.
        known: KnownNames,
    },
    /// A repeated field.
    #[error("field {field:?} of record {record:?} stands there twice")]
    DuplicateField {
        /// The record.
        record: String,
        /// The field.
        field: String,
    },
    /// A missing field. A record needs all its fields.
    #[error("field {field:?} of record {record:?} is missing; expected {}", expectation(*.ty))]
    MissingField {
        /// The record.
        record: String,
        /// The field.
        field: String,
        /// Its type.
        ty: FieldType,
    },
    /// A field with a value that it does not take.
    #[error("field {field:?} of record {record:?}: {problem}")]
    Field {
        /// The record.
        record: String,
        /// The field.
        field: String,
        /// The problem of the value.
        problem: Box<ValueError>,
    },
    /// Malformed data that is not hexadecimal.
    #[error("malformed data of record {record:?}: {problem}")]
    Hex {
        /// The record.
        record: String,
        /// The problem of the text.
        problem: Box<ValueError>,
    },
}
