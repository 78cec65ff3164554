//! One value of a field, encoded.

use std::str::FromStr;

use statevec_abi_alloc::schema::{FieldType, PayloadFieldDefinition, SchemaRegistry};

use super::scanner::Scanner;
use super::token::{JsonString, Token};
use crate::json::bytes::append_hex;
use crate::json::error::{CommandError, KnownNames, ValueError, cut};

/// The reason why a value was not encoded.
pub(in crate::json) enum Refusal {
    /// The field does not take it.
    Value(ValueError),
    /// The text is not JSON.
    Text(CommandError),
}

impl From<ValueError> for Refusal {
    fn from(error: ValueError) -> Self {
        Self::Value(error)
    }
}

impl From<CommandError> for Refusal {
    fn from(error: CommandError) -> Self {
        Self::Text(error)
    }
}

/// Reads the next value and appends it as the field is encoded (ABI.md section 5).
///
/// On an error the bytes appended so far stay; the caller removes them.
#[inline]
pub(super) fn append_value(
    schema: &SchemaRegistry,
    field: &PayloadFieldDefinition,
    scanner: &mut Scanner<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let ty = field.ty;
    match ty {
        FieldType::U8 => out.push(number(ty, scanner)?),
        FieldType::U16 => out.extend(number::<u16>(ty, scanner)?.to_le_bytes()),
        FieldType::U32 => out.extend(number::<u32>(ty, scanner)?.to_le_bytes()),
        FieldType::U64 => out.extend(number::<u64>(ty, scanner)?.to_le_bytes()),
        FieldType::I32 => out.extend(number::<i32>(ty, scanner)?.to_le_bytes()),
        FieldType::I64 => out.extend(number::<i64>(ty, scanner)?.to_le_bytes()),
        FieldType::Bool => match scanner.value()? {
            Token::Bool(value) => out.push(u8::from(value)),
            other => return Err(unexpected(ty, other)),
        },
        FieldType::U128 => {
            let value = scanner.value()?;
            out.extend(decimal(value)?.ok_or_else(|| unexpected(ty, value))?.to_le_bytes());
        }
        FieldType::EnumU8 => {
            let enum_name = field.enum_type_name.as_deref().unwrap_or_default();
            let value = scanner.value()?;
            out.push(variant(schema, enum_name, value)?.ok_or_else(|| unexpected(ty, value))?);
        }
        FieldType::FixedBytes => {
            // A registry's fixed bytes take at least the two bytes of their length.
            let capacity = field.fixed_size.unwrap_or_default().saturating_sub(2) as usize;
            let len = append_bytes(ty, capacity, scanner, out)?;
            out.resize(out.len() + (capacity - len), 0);
        }
        FieldType::VarBytes => {
            append_bytes(ty, usize::from(u16::MAX), scanner, out)?;
        }
    }
    Ok(())
}

/// Reads a text that holds one value and nothing else.
pub(in crate::json) fn append_whole_value(
    schema: &SchemaRegistry,
    field: &PayloadFieldDefinition,
    text: &str,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let mut scanner = Scanner::new(text.as_bytes())?;
    append_value(schema, field, &mut scanner, out)?;
    Ok(scanner.end()?)
}

#[cold]
fn unexpected(ty: FieldType, found: Token<'_>) -> Refusal {
    Refusal::Value(ValueError::Unexpected { ty, found: found.to_string() })
}

#[inline]
fn number<T: TryFrom<u64> + FromStr>(
    ty: FieldType,
    scanner: &mut Scanner<'_>,
) -> Result<T, Refusal> {
    if let Some(value) = scanner.plain_whole() {
        return Ok(value);
    }
    let value = scanner.value()?;
    whole(value).ok_or_else(|| unexpected(ty, value))
}

/// A number without fraction and exponent. `-0` is one, although no unsigned type parses it.
pub(super) fn whole<T: FromStr>(value: Token<'_>) -> Option<T> {
    match value {
        Token::Number("-0") => "0".parse().ok(),
        Token::Number(text) => text.parse().ok(),
        _ => None,
    }
}

/// A `u128` in a string, or a number of at most 64 bits; `None` if the value is neither.
fn decimal(value: Token<'_>) -> Result<Option<u128>, Refusal> {
    let Token::Text(digits) = value else {
        return Ok(whole::<u64>(value).map(u128::from));
    };
    let digits = digits.text()?;
    // `parse` would take a plus sign as well.
    let is_digits = digits.bytes().all(|digit| digit.is_ascii_digit());
    Ok(is_digits.then(|| digits.parse().ok()).flatten())
}

/// The byte of a variant, by name or number; `None` if the value is neither.
fn variant(
    schema: &SchemaRegistry,
    enum_name: &str,
    value: Token<'_>,
) -> Result<Option<u8>, Refusal> {
    let Token::Text(name) = value else {
        return Ok(whole(value));
    };
    let name = name.text()?;
    let Some(def) = schema.try_get_enum(enum_name) else {
        let (enum_name, found) = (cut(enum_name), cut(&name));
        return Err(ValueError::UnknownEnum { enum_name, found }.into());
    };
    match def.variant_by_name(&name) {
        Some(variant) => Ok(Some(variant.discriminant)),
        None => Err(Refusal::Value(ValueError::UnknownVariant {
            enum_name: cut(enum_name),
            found: cut(&name),
            known: KnownNames::of(def.variants.iter().map(|variant| &*variant.name)),
        })),
    }
}

/// Appends a length and at most `max` bytes, and returns how many.
fn append_bytes(
    ty: FieldType,
    max: usize,
    scanner: &mut Scanner<'_>,
    out: &mut Vec<u8>,
) -> Result<usize, Refusal> {
    match scanner.value()? {
        Token::Text(text) => {
            let text = text.text()?;
            append_len(text.len(), max, out)?;
            out.extend_from_slice(text.as_bytes());
            Ok(text.len())
        }
        Token::Object => {
            let digits = hex_digits(ty, scanner)?.text()?;
            let len = digits.len() / 2;
            append_len(len, max, out)?;
            append_hex(&digits, out)?;
            Ok(len)
        }
        other => Err(unexpected(ty, other)),
    }
}

/// Reads `{"hex":"…"}`, whose brace is next. Any other object is refused at its first member.
fn hex_digits<'a>(ty: FieldType, scanner: &mut Scanner<'a>) -> Result<JsonString<'a>, Refusal> {
    let mut digits = None;
    scanner.members(|scanner| {
        let is_hex = scanner.name()?.text()? == "hex" && digits.is_none();
        match scanner.value()? {
            Token::Text(text) if is_hex => digits = Some(text),
            _ => return Err(unexpected(ty, Token::Object)),
        }
        Ok(())
    })?;
    digits.ok_or_else(|| unexpected(ty, Token::Object))
}

fn append_len(len: usize, max: usize, out: &mut Vec<u8>) -> Result<(), ValueError> {
    match u16::try_from(len) {
        Ok(prefix) if len <= max => {
            out.extend(prefix.to_le_bytes());
            Ok(())
        }
        _ => Err(ValueError::TooLong { len, max }),
    }
}
