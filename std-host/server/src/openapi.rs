//! The description of the HTTP interface, made from the plugin's schema.

mod paths;
mod schemas;

use serde_json::{Value, json};
use statevec_host::LoadedPlugin;

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
        "components": { "schemas": schemas::schemas(schema) },
    });
    if needs_token && let Value::Object(members) = &mut description {
        members.insert("security".into(), json!([{ "token": [] }]));
        members["components"]["securitySchemes"] =
            json!({ "token": { "type": "http", "scheme": "bearer" } });
    }
    description
}
