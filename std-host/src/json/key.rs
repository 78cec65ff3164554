//! Primary keys as JSON.

use statevec_abi_alloc::schema::{
    CommandDefinition, FieldDefinition, RecordDefinition, SchemaRegistry,
};
use thiserror::Error;

use super::error::{CommandError, CommandProblem};
use super::read::read_fields;
use super::record::as_payload;

/// The reason why a text is no primary key of a record.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The record has no primary key.
    #[error("record {record:?} has no primary key")]
    NoKey {
        /// The record.
        record: String,
    },
    /// The text is no object with the fields of the key.
    #[error("key of record {record:?}: {}", of_key(.problem))]
    Invalid {
        /// The record.
        record: String,
        /// The problem.
        problem: Box<CommandError>,
    },
}

/// Reads an object with the fields of a record's primary key, and returns the encoded key.
///
/// The forms of the values are those of [the module](crate::json#values).
///
/// # Errors
///
/// The record has no key, or the text is no object with exactly the fields of the key.
pub fn parse_key(
    schema: &SchemaRegistry,
    record: &RecordDefinition,
    text: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let name = || record.name.to_string();
    let layout = schema.pk_layout(record.kind).ok_or_else(|| KeyError::NoKey { record: name() })?;
    let fields: Vec<&FieldDefinition> =
        record.pk_fields.iter().filter_map(|name| record.field_by_name(name)).collect();
    let key = CommandDefinition {
        kind: 0,
        name: record.name.clone(),
        version: record.version,
        fields: fields.iter().map(|field| as_payload(field)).collect(),
    };
    let mut values = Vec::new();
    read_fields(schema, &key, text, &mut values)
        .map_err(|problem| KeyError::Invalid { record: name(), problem: Box::new(problem) })?;
    let mut data = vec![0; layout.data_len()];
    let mut rest = values.as_slice();
    for field in fields {
        // The values are packed, and each takes as many bytes as the field in the record.
        let (value, behind) = rest.split_at_checked(field.len as usize).unwrap_or_default();
        let start = field.offset as usize;
        if let Some(place) = data.get_mut(start..start + value.len()) {
            place.copy_from_slice(value);
        }
        rest = behind;
    }
    let mut key = vec![0; layout.pk_len()];
    if layout.encode(&data, &mut key).is_none() {
        unreachable!("the buffers have the layout's own lengths")
    }
    Ok(key)
}

/// The text of a problem, for a key in place of a command.
fn of_key(error: &CommandError) -> String {
    match error.problem() {
        CommandProblem::UnknownField { field, known, .. } => {
            format!("unknown field {field:?}; the key has {known}")
        }
        CommandProblem::DuplicateField { field, .. } => {
            format!("field {field:?} stands there twice")
        }
        CommandProblem::MissingField { field, .. } => format!("field {field:?} is missing"),
        CommandProblem::Field { field, problem, .. } => format!("field {field:?}: {problem}"),
        CommandProblem::InvalidKey { found, .. } => {
            format!("expected an object with the fields of the key, found {found}")
        }
        _ => error.to_string(),
    }
}
