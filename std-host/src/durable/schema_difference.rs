//! Describes the differences between two schemas.

use std::collections::BTreeMap;

use statevec_abi_alloc::schema::{FieldType, PayloadDefinition, SchemaRegistry};

/// The differences between a directory's schema and a plugin's.
pub(crate) fn differences(directory: &SchemaRegistry, plugin: &SchemaRegistry) -> Vec<String> {
    let (ours, theirs) = (parts(directory), parts(plugin));
    let mut found = Vec::new();
    for (part, is) in &ours {
        match theirs.get(part) {
            None => found.push(format!("{part} is in the directory only")),
            Some(other) if other != is => {
                found.push(format!("{part} is {is} in the directory, and {other} in the plugin"));
            }
            Some(_) => {}
        }
    }
    for part in theirs.keys().filter(|part| !ours.contains_key(*part)) {
        found.push(format!("{part} is in the plugin only"));
    }
    if found.is_empty() {
        // Fingerprints cover names of Rust types and reserved fields, which the schema's text does
        // not have.
        found.push("the schemas' texts are alike, and their fingerprints differ".into());
    }
    found
}

/// Each part of a schema with what it is.
fn parts(schema: &SchemaRegistry) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    parts.insert("the schema's version".into(), format!("{:?}", schema.schema_version()));
    for record in schema.record_defs() {
        let name = &record.name;
        let key = record.pk_fields.join(", ");
        let is = format!("kind {} with {} bytes and key ({key})", record.kind, record.data_size);
        parts.insert(format!("record {name}"), is);
        for field in record.fields.iter() {
            let ty = type_name(field.ty, field.enum_type_name.as_deref(), Some(field.len));
            let immutable = if field.immutable { ", immutable" } else { "" };
            let is = format!("{ty} at byte {}{immutable}", field.offset);
            parts.insert(format!("field {name}.{}", field.name), is);
        }
    }
    for command in schema.command_defs() {
        payload(&mut parts, "command", command);
    }
    for event in schema.event_defs() {
        payload(&mut parts, "event", event);
    }
    for ty in schema.enum_defs() {
        for variant in ty.variants.iter() {
            let part = format!("variant {}::{}", ty.name, variant.name);
            parts.insert(part, variant.discriminant.to_string());
        }
    }
    parts
}

fn payload(parts: &mut BTreeMap<String, String>, what: &str, payload: &PayloadDefinition) {
    let name = &payload.name;
    parts.insert(format!("{what} {name}"), format!("kind {}", payload.kind));
    for (place, field) in (1..).zip(payload.fields.iter()) {
        let ty = type_name(field.ty, field.enum_type_name.as_deref(), field.fixed_size);
        parts.insert(format!("field {name}.{}", field.name), format!("{ty}, number {place}"));
    }
}

fn type_name(ty: FieldType, enum_name: Option<&str>, len: Option<u32>) -> String {
    match (enum_name, len) {
        (Some(name), _) => format!("enum {name}"),
        (None, Some(len)) => format!("{ty:?} of {len} bytes"),
        (None, None) => format!("{ty:?}"),
    }
}
