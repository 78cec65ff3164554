//! C headers from schemas. A plugin or host in C that includes one has no offset and no schema text
//! written by hand.
//!
//! ```
//! use statevec_host::c_header;
//!
//! let declarations = r#"{
//!   "records": [{"kind": 1, "name": "Counter", "pkFields": ["id"], "fields": [
//!     {"name": "id", "type": "u64"}, {"name": "value", "type": "i64"}]}],
//!   "commands": [{"kind": 1, "name": "Add", "fields": [
//!     {"name": "id", "type": "u64"}, {"name": "amount", "type": "i64"}]}]
//! }"#;
//! let schema = c_header::schema_of_declarations(declarations)?;
//! let header = c_header::write("counters", &schema, &schema.to_idl_json())?;
//! let setter = "static inline void counter_record_set_value(uint8_t *data, int64_t value)";
//! assert!(header.contains(setter));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod declarations;
mod error;
mod field;
mod names;
mod payload;
mod record;

use std::fmt::Write as _;

use statevec_abi_alloc::schema::{EnumDefinition, SchemaRegistry};

pub use declarations::schema_of_declarations;
pub use error::HeaderError;

use field::Field;
use names::{Names, snake};

/// Access to single fields, the same in every header.
const BYTES: &str = include_str!("c_header/bytes.h");

/// Writes the header of a plugin: its schema text, and for each record, command and event the kind,
/// sizes and offsets, a struct, and functions that read and write it.
///
/// `json` is the schema's text, which the plugin states.
///
/// # Errors
///
/// Two declarations would have one name in C.
pub fn write(plugin: &str, schema: &SchemaRegistry, json: &str) -> Result<String, HeaderError> {
    let (name, mut names, mut out) = (snake(plugin), Names::default(), String::new());
    let guard = format!("{}_SCHEMA_H", name.to_ascii_uppercase());
    let _ = writeln!(
        out,
        "/* Made by `statevec-host header`. Change the schema and make it anew; do not edit. */"
    );
    let _ = writeln!(out, "#ifndef {guard}\n#define {guard}\n");
    out.push_str("#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n");
    out.push_str("#include <string.h>\n\n");
    out.push_str(BYTES);
    out.push('\n');
    write_text(&mut out, &names.take(format!("{name}_schema"), "the schema")?, json);
    for ty in schema.enum_defs() {
        write_enum(&mut out, ty, &mut names)?;
    }
    for record in schema.record_defs() {
        record::write(&mut out, record, schema, &mut names)?;
    }
    for command in schema.command_defs() {
        payload::write(&mut out, "command", command, schema, &mut names)?;
    }
    for event in schema.event_defs() {
        payload::write(&mut out, "event", event, schema, &mut names)?;
    }
    out.push_str("#endif\n");
    Ok(out)
}

/// The schema's text, for `schema_bytes`.
fn write_text(out: &mut String, name: &str, json: &str) {
    let _ = writeln!(out, "/* The schema, for `schema_bytes`: {} bytes. */", json.len());
    out.push_str("#ifdef __GNUC__\n#pragma GCC diagnostic push\n");
    out.push_str("#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#endif\n");
    let _ = write!(out, "static const char {name}[] =");
    for line in json.split_inclusive('\n') {
        out.push_str("\n    \"");
        line.bytes().for_each(|byte| write_byte(out, byte));
        out.push('"');
    }
    if json.is_empty() {
        out.push_str(" \"\"");
    }
    out.push_str(";\n#ifdef __GNUC__\n#pragma GCC diagnostic pop\n#endif\n\n");
}

/// One byte of a string. Octal escapes end after three digits, whatever follows.
fn write_byte(out: &mut String, byte: u8) {
    match byte {
        b'\n' => out.push_str("\\n"),
        // `??` would begin a trigraph.
        b'"' | b'\\' | b'?' => out.extend(['\\', byte.into()]),
        b' '..=b'~' => out.push(byte.into()),
        _ => {
            let _ = write!(out, "\\{byte:03o}");
        }
    }
}

fn write_enum(out: &mut String, ty: &EnumDefinition, names: &mut Names) -> Result<(), HeaderError> {
    let name = snake(&ty.name);
    let check = names.take(format!("{name}_is_known"), &format!("enum {}", ty.name))?;
    let mut known = Vec::new();
    for variant in ty.variants.iter() {
        let of = format!("variant {}::{}", ty.name, variant.name);
        let constant = format!("{name}_{}", snake(&variant.name)).to_ascii_uppercase();
        let constant = names.take(constant, &of)?;
        let _ = writeln!(out, "enum {{ {constant} = {} }};", variant.discriminant);
        known.push(format!("value == {constant}"));
    }
    let known = if known.is_empty() { "false".to_owned() } else { known.join(" || ") };
    let _ = writeln!(
        out,
        "static inline bool {check}(uint8_t value) {{ (void)value; return {known}; }}\n"
    );
    Ok(())
}

/// Writes a struct with the fields of a declaration.
fn write_struct<'f>(
    out: &mut String,
    name: &str,
    fields: impl IntoIterator<Item = &'f Field>,
    of: &str,
) -> Result<(), HeaderError> {
    let (mut members, mut text) = (Names::default(), String::new());
    for field in fields {
        members.take(field.name.clone(), &format!("a field of {of}"))?;
        if field.has_len() {
            members
                .take(format!("{}_len", field.name), &format!("the length of a field of {of}"))?;
        }
        text.push_str(&field.members());
    }
    if text.is_empty() {
        // C has no empty structs.
        text.push_str("    char none;\n");
    }
    let _ = writeln!(out, "struct {name} {{\n{text}}};");
    Ok(())
}

/// Writes the checks that fields have an encoded form.
fn write_fits<'f>(out: &mut String, fields: impl IntoIterator<Item = &'f Field>) {
    for fits in fields.into_iter().filter_map(Field::fits) {
        let _ = writeln!(out, "    if (!({fits})) return false;");
    }
}
