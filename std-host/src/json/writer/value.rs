//! One field's bytes as a JSON value.

use std::collections::BTreeMap;
use std::sync::Arc;

use statevec_abi_alloc::schema::{EnumDefinition, FieldType, SchemaRegistry};

use crate::foreign_text::push_json_string;
use crate::json::bytes::push_bytes;
use crate::json::number::push_number;

/// The prepared form of a field's values.
#[derive(Debug)]
pub(super) enum Form {
    Bool,
    U8,
    U16,
    U32,
    U64,
    I32,
    I64,
    U128,
    /// Enum values; without names if the schema does not have the enum.
    Variant(Option<Arc<VariantNames>>),
    FixedBytes {
        capacity: usize,
    },
    VarBytes,
}

/// The quoted name of each byte that has one.
type VariantNames = [Option<Box<str>>];

/// The enums of a schema. Fields share them, because there may be many fields of one enum.
pub(super) struct EnumNames<'s>(BTreeMap<&'s str, Arc<VariantNames>>);

impl<'s> EnumNames<'s> {
    pub(super) fn new(schema: &'s SchemaRegistry) -> Self {
        Self(schema.enum_defs().map(|def| (&*def.name, variant_names(def))).collect())
    }
}

fn variant_names(def: &EnumDefinition) -> Arc<VariantNames> {
    let quoted = |value: u8| {
        let mut name = String::new();
        push_json_string(&def.variant_by_value(value)?.name, &mut name);
        Some(name.into())
    };
    let last = def.variants.iter().map(|variant| variant.discriminant).max();
    last.map_or_else(Arc::default, |last| (0..=last).map(quoted).collect())
}

/// The reason why bytes do not hold the field's value.
pub(super) enum Misfit {
    /// They end before the field does.
    Short,
    /// Fixed bytes state a length above their capacity.
    StatedLength { stated: usize, capacity: usize },
}

impl Form {
    /// `size` is the encoded size in bytes; variable bytes have none.
    pub(super) fn new(
        ty: FieldType,
        size: Option<u32>,
        enum_name: Option<&str>,
        enums: &EnumNames<'_>,
    ) -> Self {
        match ty {
            FieldType::Bool => Self::Bool,
            FieldType::U8 => Self::U8,
            FieldType::U16 => Self::U16,
            FieldType::U32 => Self::U32,
            FieldType::U64 => Self::U64,
            FieldType::I32 => Self::I32,
            FieldType::I64 => Self::I64,
            FieldType::U128 => Self::U128,
            FieldType::EnumU8 => {
                Self::Variant(enum_name.and_then(|name| enums.0.get(name)).cloned())
            }
            FieldType::FixedBytes => {
                Self::FixedBytes { capacity: size.unwrap_or_default().saturating_sub(2) as usize }
            }
            FieldType::VarBytes => Self::VarBytes,
        }
    }

    /// Appends the value at the start of `bytes`, and returns the bytes after it (ABI.md section
    /// 5).
    #[inline]
    pub(super) fn push_value<'b>(
        &self,
        bytes: &'b [u8],
        out: &mut String,
    ) -> Result<&'b [u8], Misfit> {
        let mut reader = Reader(bytes);
        match self {
            Self::Bool => out.push_str(if reader.array()? == [0] { "false" } else { "true" }),
            Self::U8 => push_number(u8::from_le_bytes(reader.array()?), out),
            Self::U16 => push_number(u16::from_le_bytes(reader.array()?), out),
            Self::U32 => push_number(u32::from_le_bytes(reader.array()?), out),
            Self::U64 => push_number(u64::from_le_bytes(reader.array()?), out),
            Self::I32 => push_number(i32::from_le_bytes(reader.array()?), out),
            Self::I64 => push_number(i64::from_le_bytes(reader.array()?), out),
            Self::U128 => {
                // A string, because readers that know only doubles would lose digits of a number.
                out.push('"');
                push_number(u128::from_le_bytes(reader.array()?), out);
                out.push('"');
            }
            Self::Variant(names) => {
                let [value] = reader.array()?;
                let name = names.as_ref().and_then(|names| names.get(usize::from(value))?.as_ref());
                match name {
                    Some(name) => out.push_str(name),
                    None => push_number(value, out),
                }
            }
            Self::VarBytes => {
                let len = usize::from(u16::from_le_bytes(reader.array()?));
                push_bytes(reader.slice(len)?, out);
            }
            Self::FixedBytes { capacity } => {
                let (stated, capacity) =
                    (usize::from(u16::from_le_bytes(reader.array()?)), *capacity);
                let content = reader.slice(capacity)?.get(..stated);
                push_bytes(content.ok_or(Misfit::StatedLength { stated, capacity })?, out);
            }
        }
        Ok(reader.0)
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Misfit> {
        let (array, rest) = self.0.split_first_chunk().ok_or(Misfit::Short)?;
        self.0 = rest;
        Ok(*array)
    }

    fn slice(&mut self, len: usize) -> Result<&'a [u8], Misfit> {
        let (slice, rest) = self.0.split_at_checked(len).ok_or(Misfit::Short)?;
        self.0 = rest;
        Ok(slice)
    }
}
