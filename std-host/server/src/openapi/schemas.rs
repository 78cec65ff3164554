//! The schemas that the paths refer to.

use serde_json::{Map, Value, json};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::json_schema;

pub(super) fn schemas(schema: &SchemaRegistry) -> Map<String, Value> {
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

/// A reference to a schema.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{PLACE}{name}") })
}
