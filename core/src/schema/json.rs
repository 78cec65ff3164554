//! The schema JSON, byte for byte as ABI.md section 5 prescribes it, at compile time and at run
//! time.

mod writer;

use super::{EnumDef, FieldDef, FieldType, Fingerprints, PayloadDef, PayloadFieldDef, RecordDef};
use super::{SchemaDef, SchemaFingerprint};
use writer::Writer;

/// The length of the schema JSON in bytes.
#[must_use]
pub const fn json_len(schema: &SchemaDef<'_>, fingerprints: &Fingerprints) -> usize {
    write_json(schema, fingerprints, &mut [])
}

/// Writes the schema JSON into `out` and returns its whole length in bytes.
///
/// When `out` is shorter than that, it gets the first `out.len()` bytes, as with `snprintf`. When
/// it is longer, the bytes behind the JSON stay as they are. The text is UTF-8 and ends with a
/// newline.
pub const fn write_json(
    schema: &SchemaDef<'_>,
    fingerprints: &Fingerprints,
    out: &mut [u8],
) -> usize {
    let mut w = Writer::new(out);
    w.open(b'{');
    w.key("idlVersion");
    w.string("1.0");
    w.key("schemaVersion");
    w.open(b'{');
    w.key("main");
    w.number(schema.version.main() as u32);
    w.key("minor");
    w.number(schema.version.minor() as u32);
    w.close(b'}');
    write_fingerprints(&mut w, fingerprints);
    write_types(&mut w, schema.types);
    write_records(&mut w, schema.records);
    w.key("commands");
    write_payloads(&mut w, schema.commands);
    w.key("events");
    write_payloads(&mut w, schema.events);
    w.close(b'}');
    w.raw(b"\n");
    w.written()
}

const fn write_fingerprints(w: &mut Writer<'_>, fingerprints: &Fingerprints) {
    w.key("fingerprints");
    w.open(b'{');
    write_fingerprint(w, "records", &fingerprints.records);
    write_fingerprint(w, "commands", &fingerprints.commands);
    write_fingerprint(w, "events", &fingerprints.events);
    write_fingerprint(w, "types", &fingerprints.types);
    w.close(b'}');
}

const fn write_fingerprint(w: &mut Writer<'_>, name: &str, fingerprint: &SchemaFingerprint) {
    w.key(name);
    w.raw(b"\"");
    w.hex(fingerprint);
    w.raw(b"\"");
}

const fn write_types(w: &mut Writer<'_>, mut types: &[EnumDef<'_>]) {
    w.key("types");
    w.open(b'[');
    while let [def, rest @ ..] = types {
        w.item();
        w.open(b'{');
        w.key("name");
        w.string(def.name);
        w.key("kind");
        w.string(FieldType::EnumU8.name());
        w.key("variants");
        w.open(b'[');
        let mut variants = def.variants;
        while let [variant, others @ ..] = variants {
            w.item();
            w.open(b'{');
            w.key("name");
            w.string(variant.name);
            w.key("value");
            w.number(variant.discriminant as u32);
            w.close(b'}');
            variants = others;
        }
        w.close(b']');
        w.close(b'}');
        types = rest;
    }
    w.close(b']');
}

const fn write_records(w: &mut Writer<'_>, mut records: &[RecordDef<'_>]) {
    w.key("records");
    w.open(b'[');
    while let [record, rest @ ..] = records {
        w.item();
        w.open(b'{');
        write_identity(w, record.kind, record.name, record.version);
        w.key("dataSize");
        w.number(record.data_size);
        w.key("hasPk");
        w.bool(record.has_pk);
        w.key("pkFields");
        w.open(b'[');
        let mut names = record.pk_fields;
        while let [name, others @ ..] = names {
            w.item();
            w.string(name);
            names = others;
        }
        w.close(b']');
        w.key("supportRangeScan");
        w.bool(record.support_range_scan);
        write_record_fields(w, record.fields);
        w.close(b'}');
        records = rest;
    }
    w.close(b']');
}

const fn write_record_fields(w: &mut Writer<'_>, mut fields: &[FieldDef<'_>]) {
    w.key("fields");
    w.open(b'[');
    while let [field, rest @ ..] = fields {
        w.item();
        w.open(b'{');
        w.key("name");
        w.string(field.name);
        w.key("index");
        w.number(field.field_index);
        write_type(w, field.ty, field.rust_type_name, field.enum_type_name, Some(field.len));
        w.key("offset");
        w.number(field.offset);
        w.key("size");
        w.number(field.len);
        w.key("immutable");
        w.bool(field.immutable);
        w.close(b'}');
        fields = rest;
    }
    w.close(b']');
}

const fn write_payloads(w: &mut Writer<'_>, mut payloads: &[PayloadDef<'_>]) {
    w.open(b'[');
    while let [payload, rest @ ..] = payloads {
        w.item();
        w.open(b'{');
        write_identity(w, payload.kind, payload.name, payload.version);
        write_payload_fields(w, payload.fields);
        w.close(b'}');
        payloads = rest;
    }
    w.close(b']');
}

const fn write_payload_fields(w: &mut Writer<'_>, mut fields: &[PayloadFieldDef<'_>]) {
    w.key("fields");
    w.open(b'[');
    while let [field, rest @ ..] = fields {
        w.item();
        w.open(b'{');
        w.key("name");
        w.string(field.name);
        w.key("index");
        w.number(field.field_index);
        write_type(w, field.ty, field.rust_type_name, field.enum_type_name, field.fixed_size);
        w.close(b'}');
        fields = rest;
    }
    w.close(b']');
}

const fn write_identity(w: &mut Writer<'_>, kind: u8, name: &str, version: u16) {
    w.key("kind");
    w.number(kind as u32);
    w.key("name");
    w.string(name);
    w.key("version");
    w.number(version as u32);
}

/// A type: a plain name, or on one line the object that carries a size or an enum's name.
const fn write_type(
    w: &mut Writer<'_>,
    ty: FieldType,
    rust_type_name: &str,
    enum_type_name: Option<&str>,
    size: Option<u32>,
) {
    w.key("type");
    match (ty, enum_type_name) {
        (FieldType::FixedBytes, _) => match fixed_bytes_capacity(rust_type_name, size) {
            Some(capacity) => {
                w.raw(b"{\"fixedBytes\": ");
                w.number(capacity);
                w.raw(b"}");
            }
            None => w.string(ty.name()),
        },
        (FieldType::EnumU8, Some(name)) => {
            w.raw(b"{\"defined\": ");
            w.string(name);
            w.raw(b"}");
        }
        _ => w.string(ty.name()),
    }
}

/// N of fixed bytes: the plain number in the type name, if there is one, otherwise the size without
/// the length prefix. The published writer decides so when a hand-written definition contradicts
/// itself.
const fn fixed_bytes_capacity(rust_type_name: &str, size: Option<u32>) -> Option<u32> {
    match capacity_in_name(rust_type_name) {
        Some(capacity) => Some(capacity),
        None => match size {
            Some(size) => Some(size.saturating_sub(2)),
            None => None,
        },
    }
}

/// The number in `FixedBytes < 16 >`.
const fn capacity_in_name(rust_type_name: &str) -> Option<u32> {
    let mut rest = rust_type_name.as_bytes().trim_ascii();
    let mut expected = b"FixedBytes".as_slice();
    while let [wanted, others @ ..] = expected {
        match rest {
            [byte, tail @ ..] if *byte == *wanted => rest = tail,
            _ => return None,
        }
        expected = others;
    }
    let [b'<', inner @ .., b'>'] = rest.trim_ascii() else {
        return None;
    };
    match core::str::from_utf8(inner.trim_ascii()) {
        Ok(digits) => match u32::from_str_radix(digits, 10) {
            Ok(capacity) => Some(capacity),
            Err(_) => None,
        },
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests;
