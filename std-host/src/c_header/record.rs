//! A record in C.

use std::fmt::Write as _;

use statevec_abi_alloc::schema::{FieldDefinition, RecordDefinition, SchemaRegistry};

use super::{
    HeaderError,
    field::Field,
    names::{Names, snake},
};

/// Writes the constants, the struct and the functions of a record.
pub(super) fn write(
    out: &mut String,
    record: &RecordDefinition,
    schema: &SchemaRegistry,
    names: &mut Names,
) -> Result<(), HeaderError> {
    let of = format!("record {}", record.name);
    let name = names.take(format!("{}_record", snake(&record.name)), &of)?;
    let upper = name.to_ascii_uppercase();
    let fields: Vec<_> =
        record.fields.iter().map(|field| (field, Field::of_record(field, schema))).collect();
    let size = record.fields.iter().map(end).max().unwrap_or(0);

    let _ = writeln!(out, "/* Record, kind {}. */", record.kind);
    let _ = writeln!(out, "enum {{ {upper} = {} }};", record.kind);
    let _ = writeln!(out, "/* Its bytes in the host, and those of them that the fields take. */");
    let _ = writeln!(
        out,
        "enum {{ {upper}_DATA_SIZE = {}, {upper}_SIZE = {size} }};",
        record.data_size
    );
    for (field, c) in &fields {
        let _ = writeln!(
            out,
            "enum {{ {upper}_{}_AT = {} }};",
            c.name.to_ascii_uppercase(),
            field.offset
        );
    }
    super::write_struct(out, &name, fields.iter().map(|(_, field)| field), &of)?;
    write_read(out, &name, &fields);
    write_write(out, &name, &upper, &fields);
    for (field, c) in &fields {
        write_access(out, &name, &upper, field, c);
    }
    write_key(out, record, &name, &upper, &fields);
    out.push('\n');
    Ok(())
}

fn end(field: &FieldDefinition) -> u32 {
    field.offset.saturating_add(field.len)
}

fn write_read(out: &mut String, name: &str, fields: &[(&FieldDefinition, Field)]) {
    let _ = writeln!(out, "/* Reads a record; false if the bytes are no such record. */");
    let _ = writeln!(
        out,
        "static inline bool {name}_read(const uint8_t *data, size_t len, struct {name} *to) {{"
    );
    let _ = writeln!(out, "    struct statevec_reader from = {{ data, len }};");
    let _ = writeln!(out, "    (void)to;");
    out.push_str("    return ");
    let mut at = 0;
    for (field, c) in fields {
        if field.offset > at {
            let _ = write!(out, "statevec_skip(&from, {})\n        && ", field.offset - at);
        }
        let _ = write!(out, "{}\n        && ", c.read());
        at = end(field);
    }
    let _ = writeln!(out, "from.len <= len;\n}}");
}

fn write_write(out: &mut String, name: &str, upper: &str, fields: &[(&FieldDefinition, Field)]) {
    let _ = writeln!(
        out,
        "/* Writes all fields to the zeroed bytes of a new record; false if there is no room, or a\n * length is too great. */"
    );
    let _ = writeln!(
        out,
        "static inline bool {name}_write(const struct {name} *of, uint8_t *data, size_t len) {{"
    );
    let _ = writeln!(out, "    uint8_t *to = data;");
    if !fields.is_empty() {
        let _ = writeln!(out, "    if (len < {upper}_SIZE) return false;");
    }
    super::write_fits(out, fields.iter().map(|(_, field)| field));
    for (field, c) in fields {
        let _ = writeln!(out, "    to = data + {};", field.offset);
        out.push_str(&c.write());
    }
    let _ = writeln!(out, "    (void)of, (void)len, (void)to;\n    return true;\n}}");
}

/// Access to one number, in place.
fn write_access(out: &mut String, name: &str, upper: &str, field: &FieldDefinition, c: &Field) {
    let Some(ty) = c.number_type() else { return };
    let (member, size) = (&c.name, c.size);
    let at = format!("{upper}_{}_AT", member.to_ascii_uppercase());
    let convert = if ty == "bool" { "" } else { &format!("({ty})") };
    let is_true = if ty == "bool" { " != 0" } else { "" };
    let _ = writeln!(
        out,
        "static inline {ty} {name}_get_{member}(const uint8_t *data) {{ return {convert}statevec_number_at(data + {at}, {size}){is_true}; }}"
    );
    if !field.immutable {
        let _ = writeln!(
            out,
            "static inline void {name}_set_{member}(uint8_t *data, {ty} value) {{ statevec_write_number(data + {at}, {size}, (uint64_t)value); }}"
        );
    }
}

fn write_key(
    out: &mut String,
    record: &RecordDefinition,
    name: &str,
    upper: &str,
    fields: &[(&FieldDefinition, Field)],
) {
    let find = |key: &str| fields.iter().find(|(field, _)| field.name == key);
    let key: Vec<_> = record.pk_fields.iter().filter_map(|key| find(key)).collect();
    if key.is_empty() {
        return;
    }
    let size: u32 = key.iter().map(|(_, field)| field.key_size()).sum();
    let parameters: Vec<_> = key.iter().map(|(_, field)| field.key_parameters()).collect();
    let parameters = parameters.join(", ");
    let _ = writeln!(out, "/* Writes a primary key; false if a length is too great. */");
    let _ = writeln!(out, "enum {{ {upper}_KEY_SIZE = {size} }};");
    let _ = writeln!(
        out,
        "static inline bool {name}_key({parameters}, uint8_t key[{upper}_KEY_SIZE]) {{"
    );
    for (_, field) in key {
        out.push_str(&field.write_key());
    }
    let _ = writeln!(out, "    (void)key;\n    return true;\n}}");
}
