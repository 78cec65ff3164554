//! A sample of each command, as a line of input.

use statevec_abi_alloc::schema::{
    FieldType, PayloadDefinition, PayloadFieldDefinition, SchemaRegistry,
};

use super::writer::JsonWriter;
use crate::foreign_text::push_json_string;

/// A line that is a valid command, for people to change: `{"command":"Deposit","payload":{…}}`.
///
/// Numbers are 1, bytes are a short text, an enum has its first variant.
///
/// ```
/// # use std::borrow::Cow;
/// # use statevec_abi_alloc::schema::{
/// #     CommandDefinition, FieldType, PayloadFieldDefinition, SchemaRegistry, Version,
/// # };
/// # let amount = PayloadFieldDefinition {
/// #     name: Cow::Borrowed("amount"), field_index: 1, ty: FieldType::U16,
/// #     rust_type_name: Cow::Borrowed("u16"), enum_type_name: None, fixed_size: Some(2),
/// # };
/// # let deposit = CommandDefinition {
/// #     kind: 7, name: Cow::Borrowed("Deposit"), version: 1, fields: Cow::Owned(vec![amount]),
/// # };
/// # let schema = SchemaRegistry::new(Version::new(1, 0), &[], &[deposit], &[], &[])?;
/// use statevec_host::json::sample_command;
///
/// for command in schema.command_defs() {
///     let line = sample_command(&schema, command);
///     assert_eq!(line, r#"{"command":"Deposit","payload":{"amount":1}}"#);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn sample_command(schema: &SchemaRegistry, command: &PayloadDefinition) -> String {
    let payload: Vec<u8> =
        command.fields.iter().flat_map(|field| sample_value(schema, field)).collect();
    let mut line = String::from(r#"{"command":"#);
    push_json_string(&command.name, &mut line);
    line.push_str(r#","payload":"#);
    let written = JsonWriter::new(schema).command_fields(command.kind, &payload, &mut line);
    if written.is_err() {
        // A command of another schema.
        line.push_str("{}");
    }
    line.push('}');
    line
}

/// The bytes of a field.
fn sample_value(schema: &SchemaRegistry, field: &PayloadFieldDefinition) -> Vec<u8> {
    match (field.ty, field.fixed_size) {
        (FieldType::VarBytes, _) => text(TEXT.len()),
        (FieldType::FixedBytes, Some(size)) => {
            let mut bytes = text(TEXT.len().min((size as usize).saturating_sub(2)));
            bytes.resize(size as usize, 0);
            bytes
        }
        (FieldType::EnumU8, _) => {
            let listed = field.enum_type_name.as_deref().and_then(|name| schema.try_get_enum(name));
            let first = listed.and_then(|listed| listed.variants.first());
            vec![first.map_or(1, |first| first.discriminant)]
        }
        (_, size) => {
            let mut bytes = vec![0; size.unwrap_or(1) as usize];
            if let Some(lowest) = bytes.first_mut() {
                *lowest = 1;
            }
            bytes
        }
    }
}

const TEXT: &[u8] = b"text";

/// A length, and so many bytes of the text.
fn text(len: usize) -> Vec<u8> {
    let bytes = &TEXT[..len];
    [&u16::try_from(len).unwrap_or_default().to_le_bytes(), bytes].concat()
}
