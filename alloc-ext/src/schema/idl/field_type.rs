//! The `type` of a field in schema text: a word, `{"fixedBytes": N}` or `{"defined": "Name"}`.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::schema::error::cut;
use crate::schema::{FieldType, SchemaRule};

/// A type as it stands in the text. A word is kept only as far as an error would show it.
pub(super) enum TextType {
    Word(FieldType),
    UnknownWord(String),
    FixedBytes(u32),
    Defined(String),
}

/// A type with all that a definition says about it.
pub(super) struct NamedType {
    pub(super) ty: FieldType,
    pub(super) rust_type_name: Cow<'static, str>,
    pub(super) enum_type_name: Option<Cow<'static, str>>,
    /// Bytes that the type takes; `None` when it varies.
    pub(super) fixed_size: Option<u32>,
}

impl TryFrom<TextType> for NamedType {
    type Error = SchemaRule;

    fn try_from(text: TextType) -> Result<Self, SchemaRule> {
        Ok(match text {
            TextType::Word(ty) => Self {
                ty,
                rust_type_name: Cow::Borrowed(ty.name()),
                enum_type_name: None,
                fixed_size: ty.fixed_size(),
            },
            TextType::UnknownWord(ty) => return Err(SchemaRule::UnknownType { ty }),
            TextType::FixedBytes(capacity) => Self {
                ty: FieldType::FixedBytes,
                rust_type_name: Cow::Owned(format!("FixedBytes<{capacity}>")),
                enum_type_name: None,
                // A saturated size is still too large, and `check` refuses it.
                fixed_size: Some(capacity.saturating_add(2)),
            },
            TextType::Defined(name) => Self {
                ty: FieldType::EnumU8,
                rust_type_name: Cow::Owned(name.clone()),
                enum_type_name: Some(Cow::Owned(name)),
                fixed_size: FieldType::EnumU8.fixed_size(),
            },
        })
    }
}

impl<'de> Deserialize<'de> for TextType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TypeVisitor)
    }
}

struct TypeVisitor;

impl<'de> Visitor<'de> for TypeVisitor {
    type Value = TextType;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"a type such as "u64", {"fixedBytes": 16} or {"defined": "Status"}"#)
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<TextType, E> {
        // Fixed bytes and enums are objects, because they need a size or a name.
        let ty = match word {
            "bool" => FieldType::Bool,
            "u8" => FieldType::U8,
            "u16" => FieldType::U16,
            "u32" => FieldType::U32,
            "u64" => FieldType::U64,
            "i32" => FieldType::I32,
            "i64" => FieldType::I64,
            "u128" => FieldType::U128,
            "varBytes" => FieldType::VarBytes,
            _ => return Ok(TextType::UnknownWord(cut(word))),
        };
        Ok(TextType::Word(ty))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextType, A::Error> {
        let mut ty = None;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let next = match &*key {
                "fixedBytes" => TextType::FixedBytes(map.next_value()?),
                "defined" => TextType::Defined(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if ty.replace(next).is_some() {
                return Err(A::Error::custom(
                    "a type says \"fixedBytes\" or \"defined\", and once",
                ));
            }
        }
        ty.ok_or_else(|| A::Error::custom("a type in braces says \"fixedBytes\" or \"defined\""))
    }
}
