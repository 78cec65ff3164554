//! The description of the HTTP interface, made from the plugin's schema.

mod paths;

use serde_json::{Map, Value, json};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::{LoadedPlugin, json_schema};

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
    let mut schemas = json_schema::definitions(schema, PLACE);
    schemas.insert("Problem".into(), problem());
    schemas
}

/// The place of the schemas in the description.
const PLACE: &str = "#/components/schemas/";

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
            "reason": { "type": "string", "description": "why a build was refused" },
            "outcomes": { "type": "array", "description": "of the commands that ran" },
        },
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{PLACE}{name}") })
}
