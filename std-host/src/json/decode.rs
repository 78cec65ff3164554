//! One field's bytes as a JSON value.

use serde::ser::{Serialize, Serializer};
use statevec_abi_alloc::schema::{EnumDefinition, FieldType, SchemaRegistry};

use super::bytes::BytesJson;

/// A field's value.
pub(super) enum Value<'a> {
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Wide(u128),
    Bytes(&'a [u8]),
    /// A byte, and the enum that names it, if the schema has it.
    Variant(u8, Option<&'a EnumDefinition>),
}

/// Why a field cannot be read.
pub(super) enum ReadError {
    /// The bytes end before it does.
    Short,
    /// Fixed bytes state a length above their capacity.
    StatedLength { stated: usize, capacity: usize },
}

/// The type of a field: what records and payloads say of it in common.
#[derive(Clone, Copy)]
pub(super) struct TypeOf<'a> {
    pub(super) ty: FieldType,
    /// Encoded size; `None` for variable bytes.
    pub(super) size: Option<u32>,
    pub(super) enum_name: Option<&'a str>,
}

/// Reads the value at the start of `bytes`, and returns the bytes behind it (ABI.md section 5).
pub(super) fn read_value<'a>(
    schema: &'a SchemaRegistry,
    of: TypeOf<'_>,
    bytes: &'a [u8],
) -> Result<(Value<'a>, &'a [u8]), ReadError> {
    let mut reader = Reader(bytes);
    let value = match of.ty {
        FieldType::Bool => Value::Bool(reader.array::<1>()? != [0]),
        FieldType::U8 => Value::Unsigned(u8::from_le_bytes(reader.array()?).into()),
        FieldType::U16 => Value::Unsigned(u16::from_le_bytes(reader.array()?).into()),
        FieldType::U32 => Value::Unsigned(u32::from_le_bytes(reader.array()?).into()),
        FieldType::U64 => Value::Unsigned(u64::from_le_bytes(reader.array()?)),
        FieldType::I32 => Value::Signed(i32::from_le_bytes(reader.array()?).into()),
        FieldType::I64 => Value::Signed(i64::from_le_bytes(reader.array()?)),
        FieldType::U128 => Value::Wide(u128::from_le_bytes(reader.array()?)),
        FieldType::EnumU8 => {
            let [value] = reader.array()?;
            Value::Variant(value, of.enum_name.and_then(|name| schema.try_get_enum(name)))
        }
        FieldType::VarBytes => {
            let len = usize::from(u16::from_le_bytes(reader.array()?));
            Value::Bytes(reader.slice(len)?)
        }
        FieldType::FixedBytes => {
            let stated = usize::from(u16::from_le_bytes(reader.array()?));
            let capacity = of.size.unwrap_or_default().saturating_sub(2) as usize;
            let padded = reader.slice(capacity)?;
            let content = padded.get(..stated);
            Value::Bytes(content.ok_or(ReadError::StatedLength { stated, capacity })?)
        }
    };
    Ok((value, reader.0))
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(ReadError::Short)?;
        self.0 = rest;
        Ok(*array)
    }

    fn slice(&mut self, len: usize) -> Result<&'a [u8], ReadError> {
        let (slice, rest) = self.0.split_at_checked(len).ok_or(ReadError::Short)?;
        self.0 = rest;
        Ok(slice)
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Bool(value) => serializer.serialize_bool(value),
            Self::Unsigned(value) => serializer.serialize_u64(value),
            Self::Signed(value) => serializer.serialize_i64(value),
            // As a number it would lose digits in readers that know only doubles, and in serde_json's own.
            Self::Wide(value) => serializer.collect_str(&value),
            Self::Bytes(bytes) => BytesJson(bytes).serialize(serializer),
            Self::Variant(value, def) => match def.and_then(|def| def.variant_by_value(value)) {
                Some(variant) => serializer.serialize_str(&variant.name),
                None => serializer.serialize_u8(value),
            },
        }
    }
}
