//! A command or an event in C.

use std::fmt::Write as _;

use statevec_abi_alloc::schema::{PayloadDefinition, SchemaRegistry};

use super::{
    HeaderError,
    field::Field,
    names::{Names, snake},
};

/// Writes the constants, the struct and the functions of a command or an event; `what` is the word
/// for it.
pub(super) fn write(
    out: &mut String,
    what: &str,
    payload: &PayloadDefinition,
    schema: &SchemaRegistry,
    names: &mut Names,
) -> Result<(), HeaderError> {
    let of = format!("{what} {}", payload.name);
    let name = names.take(format!("{}_{what}", snake(&payload.name)), &of)?;
    let upper = name.to_ascii_uppercase();
    let fields: Vec<_> =
        payload.fields.iter().map(|field| Field::of_payload(field, schema)).collect();
    let title = if what == "command" { "Command" } else { "Event" };

    let _ = writeln!(out, "/* {title}, kind {}. */", payload.kind);
    let _ = writeln!(out, "enum {{ {upper} = {} }};", payload.kind);
    if let Some(size) = payload.fields.iter().map(|field| field.fixed_size).sum::<Option<u32>>() {
        let _ = writeln!(out, "enum {{ {upper}_SIZE = {size} }};");
    }
    super::write_struct(out, &name, &fields, &of)?;
    write_read(out, &name, &fields);
    write_write(out, &name, &fields);
    out.push('\n');
    Ok(())
}

fn write_read(out: &mut String, name: &str, fields: &[Field]) {
    let _ = writeln!(out, "/* Reads a whole payload; false if the bytes are none. */");
    let _ = writeln!(
        out,
        "static inline bool {name}_read(const uint8_t *payload, size_t len, struct {name} *to) {{"
    );
    let _ = writeln!(out, "    struct statevec_reader from = {{ payload, len }};");
    let _ = writeln!(out, "    (void)to;");
    out.push_str("    return ");
    for field in fields {
        let _ = write!(out, "{}\n        && ", field.read());
    }
    let _ = writeln!(out, "from.len == 0;\n}}");
}

fn write_write(out: &mut String, name: &str, fields: &[Field]) {
    let len: Vec<_> = fields.iter().map(Field::encoded_len).collect();
    let len = if len.is_empty() { "0".to_owned() } else { len.join(" + ") };
    let _ = writeln!(out, "/* The length of a payload. */");
    let _ = writeln!(
        out,
        "static inline size_t {name}_len(const struct {name} *of) {{ (void)of; return {len}; }}"
    );
    let _ = writeln!(
        out,
        "/* Writes a payload of that length; false if there is no room, or a length is too great. */"
    );
    let _ = writeln!(
        out,
        "static inline bool {name}_write(const struct {name} *of, uint8_t *to, size_t room) {{"
    );
    let _ = writeln!(out, "    if (room < {name}_len(of)) return false;");
    super::write_fits(out, fields);
    for field in fields {
        out.push_str(&field.write());
    }
    let _ = writeln!(out, "    (void)to;\n    return true;\n}}");
}
