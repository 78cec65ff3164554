//! A plugin's declarations as tables, for people.

use std::fmt::{self, Display, Formatter};

use comfy_table::{Table, presets};
use statevec_abi_alloc::schema::{
    FieldType, PayloadDefinition, RecordDefinition, SchemaFingerprint, SchemaRegistry, Version,
};
use statevec_host::foreign_text::Escaped;
use statevec_host::{LoadedPlugin, Sha256};

/// Name, versions and fingerprints, then a table for each part of the schema that is not empty.
pub(crate) struct SchemaTables<'a> {
    pub(crate) plugin: &'a LoadedPlugin,
    pub(crate) sha256: Sha256,
}

impl Display for SchemaTables<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { plugin, sha256 } = self;
        let schema = plugin.schema();
        writeln!(f, "plugin          {}", escaped(plugin.name()))?;
        writeln!(f, "ABI version     {}", plugin.abi_version())?;
        writeln!(f, "file's SHA-256  {sha256}")?;
        writeln!(f, "panics          {}", panics(plugin.catches_panics()))?;
        writeln!(f, "schema version  {}", schema.schema_version())?;
        let fingerprints = schema.fingerprints();
        writeln!(f, "fingerprints    records   {}", hex(&fingerprints.records))?;
        writeln!(f, "                commands  {}", hex(&fingerprints.commands))?;
        writeln!(f, "                events    {}", hex(&fingerprints.events))?;
        writeln!(f, "                types     {}", hex(&fingerprints.types))?;
        section(f, "Records (sizes and offsets in bytes)", &records(schema))?;
        section(f, "Commands", &payloads(schema.command_defs()))?;
        section(f, "Events", &payloads(schema.event_defs()))?;
        section(f, "Enums", &enums(schema))
    }
}

fn panics(caught: Option<bool>) -> &'static str {
    match caught {
        Some(true) => "caught: a panic fails its command",
        Some(false) => "not caught: a panic ends the host's process",
        None => "unknown: the library does not say whether it catches them",
    }
}

fn section(f: &mut Formatter<'_>, title: &str, table: &Table) -> fmt::Result {
    if table.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}\n{table}")
}

/// One row per record. The cells of its fields have one line per field.
fn records(schema: &SchemaRegistry) -> Table {
    let mut table =
        table(&["kind", "record", "version", "size", "key", "field", "type", "offset", "bytes"]);
    for def in schema.record_defs() {
        table.add_row([
            def.kind.to_string(),
            escaped(&def.name),
            Version::from(def.version).to_string(),
            def.data_size.to_string(),
            lines(def.pk_fields.iter().map(|name| escaped(name))),
            lines(def.fields.iter().map(|field| escaped(&field.name))),
            record_types(def),
            lines(def.fields.iter().map(|field| field.offset)),
            lines(def.fields.iter().map(|field| field.len)),
        ]);
    }
    table
}

fn record_types(def: &RecordDefinition) -> String {
    lines(def.fields.iter().map(|field| {
        let ty = type_text(field.ty, Some(field.len), field.enum_type_name.as_deref());
        if field.immutable { ty + ", immutable" } else { ty }
    }))
}

fn payloads<'a>(defs: impl Iterator<Item = &'a PayloadDefinition>) -> Table {
    let mut table = table(&["kind", "name", "version", "field", "type"]);
    for def in defs {
        table.add_row([
            def.kind.to_string(),
            escaped(&def.name),
            Version::from(def.version).to_string(),
            lines(def.fields.iter().map(|field| escaped(&field.name))),
            lines(def.fields.iter().map(|field| {
                type_text(field.ty, field.fixed_size, field.enum_type_name.as_deref())
            })),
        ]);
    }
    table
}

fn enums(schema: &SchemaRegistry) -> Table {
    let mut table = table(&["enum", "value", "variant"]);
    for def in schema.enum_defs() {
        table.add_row([
            escaped(&def.name),
            lines(def.variants.iter().map(|variant| variant.discriminant)),
            lines(def.variants.iter().map(|variant| escaped(&variant.name))),
        ]);
    }
    table
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL).set_header(header.iter().copied());
    table
}

fn type_text(ty: FieldType, size: Option<u32>, enum_name: Option<&str>) -> String {
    match ty {
        FieldType::FixedBytes => {
            format!("fixedBytes({})", size.unwrap_or_default().saturating_sub(2))
        }
        FieldType::EnumU8 => escaped(enum_name.unwrap_or_default()),
        _ => ty.name().to_owned(),
    }
}

fn lines(cells: impl Iterator<Item = impl Display>) -> String {
    let cells: Vec<String> = cells.map(|cell| cell.to_string()).collect();
    cells.join("\n")
}

fn hex(fingerprint: &SchemaFingerprint) -> String {
    fingerprint.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn escaped(name: &str) -> String {
    Escaped(name).to_string()
}
