//! Records and their keys as JSON.

use serde_json::{Value, value::RawValue};
use statevec_abi::abi::RecordKey;
use statevec_abi_alloc::schema::RecordDefinition;
use statevec_host::json::parse_key;

use super::{App, problem::Problem, query::wrong};

/// The encoded key.
pub(super) fn encoded_key(
    app: &App,
    record: &RecordDefinition,
    key: &str,
) -> Result<Vec<u8>, Problem> {
    let key = object_of(record, key)?;
    parse_key(app.plugin.schema(), record, key.as_bytes()).map_err(|error| wrong(error.to_string()))
}

/// The key as an object. The value of a key with one field may stand alone.
fn object_of(record: &RecordDefinition, key: &str) -> Result<String, Problem> {
    if key.trim_start().starts_with('{') && !key.trim_start().starts_with(r#"{"hex""#) {
        return Ok(key.into());
    }
    let [field] = &*record.pk_fields else {
        let fields = record.pk_fields.join(", ");
        return Err(wrong(format!("key must be an object with the fields: {fields}")));
    };
    let value: &RawValue = serde_json::from_str(key).map_err(|_| {
        wrong(format!("key is {key:?}; give a JSON value for {field}, with texts in quotes"))
    })?;
    Ok(format!("{{{}:{value}}}", Value::from(&**field)))
}

/// The record as an object.
pub(super) fn value(app: &App, key: RecordKey, data: &[u8]) -> Value {
    let mut text = String::new();
    app.writer.record(key, data, &mut text);
    serde_json::from_str(&text)
        .unwrap_or_else(|error| unreachable!("the writer writes JSON: {error}"))
}
