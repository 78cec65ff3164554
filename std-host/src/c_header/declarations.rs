//! Completes a schema from declarations, which may leave out the parts that follow from the rest.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use statevec_abi_alloc::schema::{FieldType, PayloadDefinition, RecordDefinition, SchemaRegistry};

use super::HeaderError;

/// Reads declarations: the schema JSON of ABI.md section 5, in which may be left out
///
/// - `idlVersion`, `schemaVersion` (1.0) and each `version`;
/// - `types`, `records`, `commands` and `events`, if there are none;
/// - of a record `hasPk`, `pkFields` if there is no key, `supportRangeScan` (false), and
///   `dataSize`, the least of 48, 112, 240, … that holds the fields;
/// - of a field `index`, `offset` and `size`, which continue the field before it, and `immutable`,
///   true for the fields of the key and false for others;
/// - `fingerprints`: those of the same declarations in Rust.
///
/// # Errors
///
/// The text is not of this form, or the schema breaks a rule of the contract.
pub fn schema_of_declarations(text: &str) -> Result<SchemaRegistry, HeaderError> {
    let declarations: Declarations = serde_json::from_str(text)?;
    let fingerprints = declarations.fingerprints.clone();
    let has_fingerprints = fingerprints.is_some();
    let document = declarations.complete(fingerprints.unwrap_or_else(|| fingerprint_texts("0")));
    let schema = SchemaRegistry::from_idl_json(&document.to_string())?;
    if has_fingerprints {
        return Ok(schema);
    }
    with_fingerprints(&schema)
}

fn fingerprint_texts(digit: &str) -> Value {
    let digits = digit.repeat(32);
    json!({ "records": digits, "commands": digits, "events": digits, "types": digits })
}

/// The same schema with the fingerprints that the derives would give it.
fn with_fingerprints(schema: &SchemaRegistry) -> Result<SchemaRegistry, HeaderError> {
    let records: Vec<_> = schema.record_defs().cloned().map(as_derived).collect();
    let commands: Vec<_> = schema.command_defs().cloned().map(payload_as_derived).collect();
    let events: Vec<_> = schema.event_defs().cloned().map(payload_as_derived).collect();
    let types: Vec<_> = schema.enum_defs().cloned().collect();
    let version = schema.schema_version();
    Ok(SchemaRegistry::new(version, &records, &commands, &events, &types)?)
}

/// Adds the parts that are in fingerprints, but not in the text: Rust types and key encoders.
fn as_derived(mut record: RecordDefinition) -> RecordDefinition {
    record.has_pk_encoder = record.is_pk_idx;
    for field in record.fields.to_mut() {
        if field.ty == FieldType::FixedBytes {
            field.rust_type_name = derived_fixed_bytes(field.len).into();
        }
    }
    record
}

fn payload_as_derived(mut payload: PayloadDefinition) -> PayloadDefinition {
    for field in payload.fields.to_mut() {
        match (field.ty, field.fixed_size) {
            (FieldType::FixedBytes, Some(len)) => {
                field.rust_type_name = derived_fixed_bytes(len).into();
            }
            (FieldType::VarBytes, _) => field.rust_type_name = "VarBytes".into(),
            _ => {}
        }
    }
    payload
}

fn derived_fixed_bytes(len: u32) -> String {
    format!("FixedBytes < {} >", len.saturating_sub(2))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Declarations {
    #[serde(default = "idl_version")]
    idl_version: String,
    #[serde(default)]
    schema_version: DeclaredVersion,
    fingerprints: Option<Value>,
    #[serde(default)]
    types: Vec<Value>,
    #[serde(default)]
    records: Vec<DeclaredRecord>,
    #[serde(default)]
    commands: Vec<DeclaredPayload>,
    #[serde(default)]
    events: Vec<DeclaredPayload>,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct DeclaredVersion {
    main: u8,
    minor: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct DeclaredRecord {
    kind: u8,
    name: String,
    version: Option<u16>,
    data_size: Option<u32>,
    has_pk: Option<bool>,
    #[serde(default)]
    pk_fields: Vec<String>,
    #[serde(default)]
    support_range_scan: bool,
    #[serde(default)]
    fields: Vec<DeclaredField>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredPayload {
    kind: u8,
    name: String,
    version: Option<u16>,
    #[serde(default)]
    fields: Vec<DeclaredField>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredField {
    name: String,
    #[serde(rename = "type")]
    ty: Value,
    index: Option<u32>,
    offset: Option<u32>,
    size: Option<u32>,
    immutable: Option<bool>,
}

fn idl_version() -> String {
    "1.0".to_owned()
}

impl Default for DeclaredVersion {
    fn default() -> Self {
        Self { main: 1, minor: 0 }
    }
}

impl Declarations {
    fn complete(self, fingerprints: Value) -> Value {
        let DeclaredVersion { main, minor } = self.schema_version;
        let version = u16::from_le_bytes([main, minor]);
        let payloads = |payloads: Vec<DeclaredPayload>| -> Vec<Value> {
            payloads.into_iter().map(|payload| payload.complete(version)).collect()
        };
        json!({
            "idlVersion": self.idl_version,
            "schemaVersion": self.schema_version,
            "fingerprints": fingerprints,
            "types": self.types.into_iter().map(complete_type).collect::<Vec<_>>(),
            "records": self.records.into_iter().map(|record| record.complete(version)).collect::<Vec<_>>(),
            "commands": payloads(self.commands),
            "events": payloads(self.events),
        })
    }
}

/// An enum. There is one kind of them.
fn complete_type(mut ty: Value) -> Value {
    if let Value::Object(members) = &mut ty {
        members.entry("kind").or_insert_with(|| "enumU8".into());
    }
    ty
}

impl DeclaredRecord {
    fn complete(self, version: u16) -> Value {
        let (mut index, mut end) = (0_u32, 0_u32);
        let mut fields = Vec::new();
        for field in self.fields {
            index = field.index.unwrap_or(index.saturating_add(1));
            let offset = field.offset.unwrap_or(end);
            let size = field.size.unwrap_or_else(|| size(&field.ty));
            end = offset.saturating_add(size);
            let immutable = field.immutable.unwrap_or_else(|| self.pk_fields.contains(&field.name));
            fields.push(json!({
                "name": field.name, "index": index, "type": field.ty, "offset": offset,
                "size": size, "immutable": immutable,
            }));
        }
        json!({
            "kind": self.kind,
            "name": self.name,
            "version": self.version.unwrap_or(version),
            "dataSize": self.data_size.unwrap_or_else(|| data_size(end)),
            "hasPk": self.has_pk.unwrap_or(!self.pk_fields.is_empty()),
            "pkFields": self.pk_fields,
            "supportRangeScan": self.support_range_scan,
            "fields": fields,
        })
    }
}

/// The data of the smallest record of 64, 128, 256, … bytes, 16 of which are the host's.
fn data_size(end: u32) -> u32 {
    let len = end.saturating_add(16).max(64);
    len.checked_next_power_of_two().unwrap_or(u32::MAX) - 16
}

impl DeclaredPayload {
    fn complete(self, version: u16) -> Value {
        let mut index = 0_u32;
        let fields: Vec<_> = self
            .fields
            .into_iter()
            .map(|field| {
                index = field.index.unwrap_or(index.saturating_add(1));
                json!({ "name": field.name, "index": index, "type": field.ty })
            })
            .collect();
        let version = self.version.unwrap_or(version);
        json!({ "kind": self.kind, "name": self.name, "version": version, "fields": fields })
    }
}

/// The types whose text is one word, and that a record can have.
const WORDS: [FieldType; 8] = [
    FieldType::Bool,
    FieldType::U8,
    FieldType::U16,
    FieldType::U32,
    FieldType::U64,
    FieldType::I32,
    FieldType::I64,
    FieldType::U128,
];

/// The bytes of a type in a record. The schema's own check refuses types that this does not know.
fn size(ty: &Value) -> u32 {
    match ty {
        Value::String(name) => {
            let word = WORDS.into_iter().find(|word| word.name() == name);
            word.and_then(FieldType::fixed_size).unwrap_or(0)
        }
        Value::Object(members) => fixed_bytes(members).unwrap_or(1),
        _ => 0,
    }
}

fn fixed_bytes(members: &Map<String, Value>) -> Option<u32> {
    let room = members.get("fixedBytes")?.as_u64()?;
    Some(u32::try_from(room).unwrap_or(u32::MAX).saturating_add(2))
}
