//! Commands, events and records as JSON Schema (draft 2020-12), for editors and other languages.
//!
//! The values are those that [`json`](crate::json#values) reads and writes.

use serde_json::{Map, Value, json};
use statevec_abi_alloc::schema::{FieldType, PayloadDefinition, RecordDefinition, SchemaRegistry};

/// One JSON Schema for a plugin: it describes a command, and has all other forms in `$defs`.
///
/// ```
/// use statevec_abi_alloc::schema::{SchemaRegistry, Version};
/// use statevec_host::json_schema;
///
/// let schema = SchemaRegistry::with_records(Version::new(1, 0), &[])?;
/// let document = json_schema::document("ledger", &schema);
/// assert_eq!(document["title"], "Commands of ledger");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn document(plugin: &str, schema: &SchemaRegistry) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("Commands of {plugin}"),
        "$ref": "#/$defs/Command",
        "$defs": definitions(schema, "#/$defs/"),
    })
}

/// The forms by name: `command.NAME` for each command, `Command` for any of them, `event.NAME`, and
/// `record.NAME`. References between them begin with `place`.
#[must_use]
pub fn definitions(schema: &SchemaRegistry, place: &str) -> Map<String, Value> {
    let mut schemas = Map::new();
    let mut commands = Vec::new();
    for def in schema.command_defs() {
        let name = format!("command.{}", def.name);
        commands.push(json!({ "$ref": format!("{place}{name}") }));
        schemas.insert(name, command(schema, def));
    }
    // No value is a command of a plugin without commands.
    let any = if commands.is_empty() { json!(false) } else { json!({ "oneOf": commands }) };
    schemas.insert("Command".into(), any);
    for def in schema.event_defs() {
        schemas.insert(format!("event.{}", def.name), event(schema, def));
    }
    for def in schema.record_defs() {
        schemas.insert(format!("record.{}", def.name), record(schema, def));
    }
    schemas
}

/// A command as [`parse_command`](crate::json::parse_command) reads it.
#[must_use]
pub fn command(schema: &SchemaRegistry, def: &PayloadDefinition) -> Value {
    let mut form = object([
        ("command", json!({ "const": def.name })),
        ("payload", object(payload_fields(schema, def))),
    ]);
    let number = whole(0, u64::MAX);
    if let Some(properties) = form["properties"].as_object_mut() {
        properties.insert("ext_seq".into(), number.clone());
        properties.insert("ref_ext_time_us".into(), number);
    }
    form
}

/// An event as [`JsonWriter::event`](crate::json::JsonWriter::event) writes it.
#[must_use]
pub fn event(schema: &SchemaRegistry, def: &PayloadDefinition) -> Value {
    let payload = object(payload_fields(schema, def));
    object([("event", json!({ "const": def.name })), ("payload", payload)])
}

/// A record as [`JsonWriter::record`](crate::json::JsonWriter::record) writes it.
#[must_use]
pub fn record(schema: &SchemaRegistry, def: &RecordDefinition) -> Value {
    let mut form = object([
        ("record", json!({ "const": def.name })),
        ("sys_id", whole(1, u64::MAX)),
        ("data", object(record_fields(schema, def))),
    ]);
    // Data that does not fit the schema is shown in another member.
    form["required"] = json!(["record", "sys_id"]);
    form["properties"]["malformed"] = json!({ "type": "object" });
    form
}

/// The primary key of a record, as [`parse_key`](crate::json::parse_key) reads it.
#[must_use]
pub fn key(schema: &SchemaRegistry, def: &RecordDefinition) -> Value {
    let mut fields = record_fields(schema, def);
    fields.retain(|(name, _)| def.pk_fields.iter().any(|field| field == name));
    object(fields)
}

/// An object that has all of some members and no others.
fn object<N: Into<String>>(members: impl IntoIterator<Item = (N, Value)>) -> Value {
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

/// The schema of a whole number in a range.
#[must_use]
pub fn whole(least: impl Into<Value>, most: impl Into<Value>) -> Value {
    json!({ "type": "integer", "minimum": least.into(), "maximum": most.into() })
}

fn payload_fields(schema: &SchemaRegistry, payload: &PayloadDefinition) -> Vec<(String, Value)> {
    let fields = payload.fields.iter().map(|field| {
        let len = field.fixed_size;
        let ty = field_type(schema, field.ty, len, field.enum_type_name.as_deref());
        (field.name.to_string(), ty)
    });
    fields.collect()
}

fn record_fields(schema: &SchemaRegistry, record: &RecordDefinition) -> Vec<(String, Value)> {
    let fields = record.fields.iter().map(|field| {
        let ty = field_type(schema, field.ty, Some(field.len), field.enum_type_name.as_deref());
        (field.name.to_string(), ty)
    });
    fields.collect()
}

/// The values of a field, as [`json`](crate::json) reads and writes them.
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
