//! The members of a payload object, encoded.

use std::borrow::Cow;

use statevec_abi_alloc::schema::{
    CommandDefinition, FieldType, PayloadFieldDefinition, SchemaRegistry,
};

use super::bytes::append_hex;
use super::error::{CommandError, KnownNames, ValueError, cut};
use super::node::Node;

/// Appends a command's payload: its fields packed in index order (ABI.md section 5).
///
/// What was appended before an error stays; the caller takes it back.
pub(super) fn append_payload(
    schema: &SchemaRegistry,
    command: &CommandDefinition,
    members: &[(Cow<'_, str>, Node<'_>)],
    out: &mut Vec<u8>,
) -> Result<(), CommandError> {
    check_names(command, members)?;
    for (at, field) in command.fields.iter().enumerate() {
        let value = find(members, at, &field.name).ok_or_else(|| CommandError::MissingField {
            command: cut(&command.name),
            field: cut(&field.name),
            ty: field.ty,
        })?;
        append_value(schema, field, value, out).map_err(|problem| CommandError::Field {
            command: cut(&command.name),
            field: cut(&field.name),
            problem: Box::new(problem),
        })?;
    }
    Ok(())
}

/// Checks that each member is a field, and none comes twice. Ends at the first that is wrong, so a line with a million
/// members costs no more than one with a few too many.
fn check_names(
    command: &CommandDefinition,
    members: &[(Cow<'_, str>, Node<'_>)],
) -> Result<(), CommandError> {
    for (at, (name, _)) in members.iter().enumerate() {
        let in_order = command.fields.get(at).is_some_and(|field| field.name == *name);
        if !in_order && command.field_by_name(name).is_none() {
            return Err(CommandError::UnknownField {
                command: cut(&command.name),
                field: cut(name),
                known: KnownNames::of(command.fields.iter().map(|field| &*field.name)),
            });
        }
        if members.iter().take(at).any(|(earlier, _)| earlier == name) {
            return Err(CommandError::DuplicateField {
                command: cut(&command.name),
                field: cut(name),
            });
        }
    }
    Ok(())
}

/// The member of this name, most likely the one in the same place.
fn find<'m, 'a>(
    members: &'m [(Cow<'a, str>, Node<'a>)],
    likely: usize,
    name: &str,
) -> Option<&'m Node<'a>> {
    let is_it = |member: &&'m (Cow<'a, str>, Node<'a>)| member.0 == name;
    let member = members.get(likely).filter(is_it);
    member.or_else(|| members.iter().find(is_it)).map(|(_, value)| value)
}

fn append_value(
    schema: &SchemaRegistry,
    field: &PayloadFieldDefinition,
    value: &Node<'_>,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let ty = field.ty;
    let unexpected = || ValueError::Unexpected { ty, found: value.to_string() };
    match ty {
        FieldType::Bool => match value {
            Node::Bool(value) => out.push(u8::from(*value)),
            _ => return Err(unexpected()),
        },
        FieldType::U8 => out.push(integer(value).ok_or_else(unexpected)?),
        FieldType::U16 => out.extend(integer::<u16>(value).ok_or_else(unexpected)?.to_le_bytes()),
        FieldType::U32 => out.extend(integer::<u32>(value).ok_or_else(unexpected)?.to_le_bytes()),
        FieldType::U64 => out.extend(integer::<u64>(value).ok_or_else(unexpected)?.to_le_bytes()),
        FieldType::I32 => out.extend(integer::<i32>(value).ok_or_else(unexpected)?.to_le_bytes()),
        FieldType::I64 => out.extend(integer::<i64>(value).ok_or_else(unexpected)?.to_le_bytes()),
        FieldType::U128 => out.extend(decimal(value).ok_or_else(unexpected)?.to_le_bytes()),
        FieldType::EnumU8 => {
            let enum_name = field.enum_type_name.as_deref().unwrap_or_default();
            out.push(variant(schema, enum_name, value)?.ok_or_else(unexpected)?);
        }
        FieldType::FixedBytes => {
            // A registry's fixed bytes take at least the two bytes of their length.
            let capacity = field.fixed_size.unwrap_or_default().saturating_sub(2) as usize;
            let len = append_bytes(value, capacity, out)?.ok_or_else(unexpected)?;
            out.resize(out.len() + (capacity - len), 0);
        }
        FieldType::VarBytes => {
            append_bytes(value, usize::from(u16::MAX), out)?.ok_or_else(unexpected)?;
        }
    }
    Ok(())
}

fn integer<T: TryFrom<u64> + TryFrom<i64>>(value: &Node<'_>) -> Option<T> {
    match *value {
        Node::Unsigned(value) => value.try_into().ok(),
        Node::Negative(value) => value.try_into().ok(),
        _ => None,
    }
}

fn decimal(value: &Node<'_>) -> Option<u128> {
    match value {
        Node::Unsigned(value) => Some(u128::from(*value)),
        // `parse` would take a plus sign as well.
        Node::Text(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            digits.parse().ok()
        }
        _ => None,
    }
}

/// The byte of a variant, by name or number; `None` if the value is neither.
fn variant(
    schema: &SchemaRegistry,
    enum_name: &str,
    value: &Node<'_>,
) -> Result<Option<u8>, ValueError> {
    let Node::Text(name) = value else {
        return Ok(integer(value));
    };
    let Some(def) = schema.try_get_enum(enum_name) else {
        return Err(ValueError::UnknownEnum { enum_name: cut(enum_name), found: cut(name) });
    };
    match def.variant_by_name(name) {
        Some(variant) => Ok(Some(variant.discriminant)),
        None => Err(ValueError::UnknownVariant {
            enum_name: cut(enum_name),
            found: cut(name),
            known: KnownNames::of(def.variants.iter().map(|variant| &*variant.name)),
        }),
    }
}

/// Appends a length and at most `max` bytes, and returns how many; `None` if the value does not stand for bytes.
fn append_bytes(
    value: &Node<'_>,
    max: usize,
    out: &mut Vec<u8>,
) -> Result<Option<usize>, ValueError> {
    let prefix_at = out.len();
    out.extend([0; 2]);
    match value {
        Node::Text(text) => out.extend(text.as_bytes()),
        Node::Object(members) => match members.as_slice() {
            [(key, Node::Text(digits))] if key == "hex" => append_hex(digits, out)?,
            _ => return Ok(None),
        },
        _ => return Ok(None),
    }
    let len = out.len() - prefix_at - 2;
    match u16::try_from(len) {
        Ok(prefix) if len <= max => {
            if let Some(place) = out.get_mut(prefix_at..).and_then(|rest| rest.first_chunk_mut()) {
                *place = prefix.to_le_bytes();
            }
            Ok(Some(len))
        }
        _ => Err(ValueError::TooLong { len, max }),
    }
}
