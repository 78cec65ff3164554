//! The description of the HTTP interface, made from the plugin's schema.

mod fields;
mod paths;

use serde_json::{Map, Value, json};
use statevec_abi_alloc::schema::{PayloadDefinition, RecordDefinition, SchemaRegistry};
use statevec_host::LoadedPlugin;

use fields::{object, payload_fields, record_fields};

/// The OpenAPI description for a plugin.
pub(crate) fn describe(plugin: &LoadedPlugin, needs_token: bool) -> Value {
    let schema = plugin.schema();
    let mut description = json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{} on statevec-server", plugin.name()),
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Commands are answered after they and their results are durable.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths::paths(schema),
        "components": { "schemas": schemas(schema) },
    });
    if needs_token && let Value::Object(members) = &mut description {
        members.insert("security".into(), json!([{ "token": [] }]));
        members["components"]["securitySchemes"] =
            json!({ "token": { "type": "http", "scheme": "bearer" } });
    }
    description
}

fn schemas(schema: &SchemaRegistry) -> Map<String, Value> {
    let mut schemas = Map::new();
    let mut commands = Vec::new();
    for command in schema.command_defs() {
        let name = format!("command.{}", command.name);
        commands.push(reference(&name));
        schemas.insert(name, command_schema(schema, command));
    }
    schemas.insert("Command".into(), json!({ "oneOf": commands }));
    for event in schema.event_defs() {
        let payload = object(payload_fields(schema, event));
        let members = [("event", json!({ "const": event.name })), ("payload", payload)];
        schemas.insert(format!("event.{}", event.name), object(members));
    }
    for record in schema.record_defs() {
        schemas.insert(format!("record.{}", record.name), record_schema(schema, record));
    }
    schemas.insert("Problem".into(), problem());
    schemas
}

/// A command as a client sends it.
fn command_schema(schema: &SchemaRegistry, command: &PayloadDefinition) -> Value {
    let mut whole = object([
        ("command", json!({ "const": command.name })),
        ("payload", object(payload_fields(schema, command))),
    ]);
    let number = fields::whole(0, u64::MAX);
    if let Some(properties) = whole["properties"].as_object_mut() {
        properties.insert("ext_seq".into(), number.clone());
        properties.insert("ref_ext_time_us".into(), number);
    }
    whole
}

fn record_schema(schema: &SchemaRegistry, record: &RecordDefinition) -> Value {
    let mut whole = object([
        ("record", json!({ "const": record.name })),
        ("sys_id", fields::whole(1, u64::MAX)),
        ("data", object(record_fields(schema, record))),
    ]);
    // Data that does not fit the schema is shown in another member.
    whole["required"] = json!(["record", "sys_id"]);
    whole["properties"]["malformed"] = json!({ "type": "object" });
    whole
}

fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "line": { "type": "integer", "description": "the line of the body, from 1" },
            "column": { "type": "integer", "description": "the byte in the line, from 1" },
            "record": { "type": "integer", "description": "the record of the body, from 1" },
            "byte": { "type": "integer", "description": "the first byte of the record, from 1" },
            "outcomes": { "type": "array", "description": "of the commands that ran" },
        },
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
