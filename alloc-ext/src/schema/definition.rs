//! Schema definitions that own or borrow their names and lists.
//!
//! The published definitions hold `&'static` data, so a parser must leak the schema. Every name and
//! list here is a [`Cow`]: a definition can be a `const` (with `Cow::Borrowed`), and a parsed one
//! frees its memory.

use alloc::borrow::Cow;

use statevec_abi::abi::RecordKind;

use crate::schema::FieldType;

/// One field of a record.
///
/// # Example
/// ```
/// use std::borrow::Cow;
/// use statevec_abi_alloc::schema::{FieldDefinition, FieldType};
///
/// const BALANCE: FieldDefinition = FieldDefinition {
///     name: Cow::Borrowed("balance"),
///     field_index: 2,
///     offset: 8,
///     ty: FieldType::I64,
///     len: 8,
///     rust_type_name: Cow::Borrowed("i64"),
///     enum_type_name: None,
///     immutable: false,
/// };
/// assert_eq!(BALANCE.offset + BALANCE.len, 16);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDefinition {
    /// The field's name in the source, 1 to 256 bytes.
    pub name: Cow<'static, str>,
    /// Position in the declaration; the published macros count from 1. Strictly ascending within a
    /// record.
    pub field_index: u32,
    /// First byte of the field, counted from the start of the record's data.
    pub offset: u32,
    /// The encoding of the field.
    pub ty: FieldType,
    /// Bytes that the field occupies; `N + 2` for fixed bytes.
    pub len: u32,
    /// The type as the source names it; it goes into the fingerprint (ABI.md section 5).
    pub rust_type_name: Cow<'static, str>,
    /// The enum's name, set exactly when `ty` is [`FieldType::EnumU8`]. The enum may be absent from
    /// the schema.
    pub enum_type_name: Option<Cow<'static, str>>,
    /// True if an update must leave the field as it is.
    pub immutable: bool,
}

/// One record type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDefinition {
    /// The record's number on the wire, 1 to 255.
    pub kind: RecordKind,
    /// The record's name in the source, 1 to 256 bytes.
    pub name: Cow<'static, str>,
    /// True if the record has a primary key; agrees with `pk_fields`.
    pub is_pk_idx: bool,
    /// True if scans over key ranges are expected.
    pub support_range_scan: bool,
    /// Bytes of data in a record, without the host's 16-byte header.
    pub data_size: u32,
    /// The schema version as `u16::from_le_bytes([main, minor])`.
    pub version: u16,
    /// True if the declaring code had a function that encodes keys.
    ///
    /// The published field is the function itself (`pk_encode: Option<PkEncodeFn>`). A host that
    /// knows a plugin by its schema bytes alone never sees that function, so here every key is
    /// encoded by the one rule of ABI.md section 5, and only the fact that the fingerprint needs is
    /// left. Schema text does not carry it: `false` after parsing.
    pub has_pk_encoder: bool,
    /// The fields in use, by ascending index.
    pub fields: Cow<'static, [FieldDefinition]>,
    /// Fields that reserve an index and bytes, by ascending index. Schema text does not carry them.
    pub reserved_fields: Cow<'static, [FieldDefinition]>,
    /// Names of the fields that make the primary key, in key order.
    pub pk_fields: Cow<'static, [Cow<'static, str>]>,
}

impl RecordDefinition {
    /// The field in use of this name.
    #[must_use]
    pub fn field_by_name(&self, name: &str) -> Option<&FieldDefinition> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One field of a command or an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadFieldDefinition {
    /// The field's name in the source, 1 to 256 bytes.
    pub name: Cow<'static, str>,
    /// Position in the declaration; the published macros count from 1. Strictly ascending within a
    /// payload.
    pub field_index: u32,
    /// The encoding of the field.
    pub ty: FieldType,
    /// The type as the source names it; it goes into the fingerprint (ABI.md section 5).
    pub rust_type_name: Cow<'static, str>,
    /// The enum's name, set exactly when `ty` is [`FieldType::EnumU8`]. The enum may be absent from
    /// the schema.
    pub enum_type_name: Option<Cow<'static, str>>,
    /// Bytes that the field occupies, `N + 2` for fixed bytes; `None` exactly for variable bytes.
    pub fixed_size: Option<u32>,
}

/// One command or event: its fields lie packed in index order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadDefinition {
    /// The number on the wire; the published macros count from 1.
    pub kind: u8,
    /// The name in the source, 1 to 256 bytes.
    pub name: Cow<'static, str>,
    /// The schema version as `u16::from_le_bytes([main, minor])`.
    pub version: u16,
    /// The fields, by ascending index.
    pub fields: Cow<'static, [PayloadFieldDefinition]>,
}

impl PayloadDefinition {
    /// The field of this name.
    #[must_use]
    pub fn field_by_name(&self, name: &str) -> Option<&PayloadFieldDefinition> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One command. Commands and events have the same shape, so both published names stand for one
/// type.
pub type CommandDefinition = PayloadDefinition;

/// One event. Commands and events have the same shape, so both published names stand for one type.
pub type EventDefinition = PayloadDefinition;

/// One enum whose values take one byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumDefinition {
    /// The enum's name in the source, 1 to 256 bytes.
    pub name: Cow<'static, str>,
    /// The variants as declared.
    pub variants: Cow<'static, [EnumVariantDefinition]>,
}

impl EnumDefinition {
    /// The variant of this name.
    #[must_use]
    pub fn variant_by_name(&self, name: &str) -> Option<&EnumVariantDefinition> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// The variant that this byte stands for.
    #[must_use]
    pub fn variant_by_value(&self, value: u8) -> Option<&EnumVariantDefinition> {
        self.variants.iter().find(|variant| variant.discriminant == value)
    }
}

/// One variant of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumVariantDefinition {
    /// The variant's name in the source, 1 to 256 bytes.
    pub name: Cow<'static, str>,
    /// The byte that stands for the variant.
    pub discriminant: u8,
}
