//! Fields as JSON Schema.

use serde_json::{Map, Value, json};
use statevec_abi_alloc::schema::{FieldType, PayloadDefinition, RecordDefinition, SchemaRegistry};

/// An object that has all of some members and no others.
pub(super) fn object<N: Into<String>>(members: impl IntoIterator<Item = (N, Value)>) -> Value {
    let properties: Map<String, Value> =
        members.into_iter().map(|(name, value)| (name.into(), value)).collect();
    let required: Vec<&String> = properties.keys().collect();
    json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// A whole number in a range.
pub(super) fn whole(least: impl Into<Value>, most: impl Into<Value>) -> Value {
    json!({ "type": "integer", "minimum": least.into(), "maximum": most.into() })
}

pub(super) fn payload_fields(
    schema: &SchemaRegistry,
    payload: &PayloadDefinition,
) -> Vec<(String, Value)> {
    let fields = payload.fields.iter().map(|field| {
        let len = field.fixed_size;
        let ty = field_type(schema, field.ty, len, field.enum_type_name.as_deref());
        (field.name.to_string(), ty)
    });
    fields.collect()
}

pub(super) fn record_fields(
    schema: &SchemaRegistry,
    record: &RecordDefinition,
) -> Vec<(String, Value)> {
    let fields = record.fields.iter().map(|field| {
        let ty = field_type(schema, field.ty, Some(field.len), field.enum_type_name.as_deref());
        (field.name.to_string(), ty)
    });
    fields.collect()
}

/// The fields of a record's key.
pub(super) fn key_fields(
    schema: &SchemaRegistry,
    record: &RecordDefinition,
) -> Vec<(String, Value)> {
    let mut fields = record_fields(schema, record);
    fields.retain(|(name, _)| record.pk_fields.iter().any(|field| field == name));
    fields
}

/// The values of a field, as [`statevec_host::json`] reads and writes them.
fn field_type(
    schema: &SchemaRegistry,
    ty: FieldType,
    len: Option<u32>,
    enum_name: Option<&str>,
) -> Value {
    match ty {
        FieldType::Bool => json!({ "type": "boolean" }),
        FieldType::U8 => whole(0, u8::MAX),
        FieldType::U16 => whole(0, u16::MAX),
        FieldType::U32 => whole(0, u32::MAX),
        FieldType::U64 => whole(0, u64::MAX),
        FieldType::I32 => whole(i32::MIN, i32::MAX),
        FieldType::I64 => whole(i64::MIN, i64::MAX),
        FieldType::U128 => json!({ "type": "string", "pattern": "^[0-9]{1,38}$" }),
        FieldType::EnumU8 => {
            let def = enum_name.and_then(|name| schema.enum_defs().find(|def| def.name == name));
            let names = def.iter().flat_map(|def| def.variants.iter());
            let names: Vec<&str> = names.map(|variant| &*variant.name).collect();
            if names.is_empty() {
                whole(0, u8::MAX)
            } else {
                json!({ "anyOf": [{ "enum": names }, whole(0, u8::MAX)] })
            }
        }
        FieldType::FixedBytes => bytes(len.unwrap_or_default().saturating_sub(2)),
        FieldType::VarBytes => bytes(u32::from(u16::MAX)),
    }
}

/// Bytes: a text, or digits. The pattern has only such texts as take one byte per character.
fn bytes(most: u32) -> Value {
    let digits = json!({ "type": "string", "pattern": format!("^([0-9a-f]{{2}}){{0,{most}}}$") });
    json!({
        "anyOf": [
            { "type": "string", "pattern": format!("^[ -~]{{0,{most}}}$") },
            object([("hex", digits)]),
        ],
    })
}
