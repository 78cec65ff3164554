//! Borrowed definitions of records, commands, events and enums.

use super::{FieldType, Version};

/// The bytes at the start of a record that belong to the host: a record of `len` bytes has `len -
/// 16` bytes of data.
pub const RECORD_HEADER_SIZE: usize = 16;

/// A whole schema. `types` are sorted by name, the other lists by kind; no name or kind stands
/// twice in a list.
///
/// Fingerprints and schema JSON follow this order, so an unsorted list gives other bytes than other
/// implementations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaDef<'a> {
    /// The version of the schema, which its records, commands and events share.
    pub version: Version,
    /// The enums, by name.
    pub types: &'a [EnumDef<'a>],
    /// The records, by kind.
    pub records: &'a [RecordDef<'a>],
    /// The commands, by kind.
    pub commands: &'a [PayloadDef<'a>],
    /// The events, by kind.
    pub events: &'a [PayloadDef<'a>],
}

impl SchemaDef<'_> {
    /// The part that a store needs: no commands and no types. An image that keeps this as a constant
    /// holds only that part.
    ///
    /// It is for the image's own store alone: another host gets the whole schema, whose fingerprints
    /// cover all parts.
    #[must_use]
    pub const fn for_store(&self) -> Self {
        Self { commands: &[], types: &[], ..*self }
    }
}

/// One record type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordDef<'a> {
    /// The record kind, 1 to 255.
    pub kind: u8,
    /// The name of the Rust type.
    pub name: &'a str,
    /// True if records are found by primary key.
    pub has_pk: bool,
    /// True if the host supports key ranges; always false in schemas of the published macros.
    pub support_range_scan: bool,
    /// Bytes of data, without the host's header.
    pub data_size: u32,
    /// The packed schema version ([`Version::packed`]).
    pub version: u16,
    /// True if the plugin encodes keys itself. It is part of the fingerprint, and absent from a
    /// parsed schema.
    pub has_pk_encoder: bool,
    /// The fields in index order, without the reserved ones.
    pub fields: &'a [FieldDef<'a>],
    /// Fields that only reserve their bytes. They are absent from a parsed schema.
    pub reserved_fields: &'a [FieldDef<'a>],
    /// The names of the fields that make the primary key, in key order.
    pub pk_fields: &'a [&'a str],
}

/// One field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldDef<'a> {
    /// The name of the Rust field.
    pub name: &'a str,
    /// The position, counted from 1; reserved fields count too.
    pub field_index: u32,
    /// Offset of the field in the record's data, in bytes.
    pub offset: u32,
    /// How the field is encoded.
    pub ty: FieldType,
    /// The encoded size in bytes.
    pub len: u32,
    /// The Rust type as the compiler prints it, for example `FixedBytes < 16 >`.
    pub rust_type_name: &'a str,
    /// The enum's name, for [`FieldType::EnumU8`].
    pub enum_type_name: Option<&'a str>,
    /// True if only `create` may set it.
    pub immutable: bool,
}

/// One command or event type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadDef<'a> {
    /// The command or event kind, 1 to 255.
    pub kind: u8,
    /// The name of the Rust type.
    pub name: &'a str,
    /// The packed schema version ([`Version::packed`]).
    pub version: u16,
    /// The fields in index order.
    pub fields: &'a [PayloadFieldDef<'a>],
}

/// One field of a command or event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadFieldDef<'a> {
    /// The name of the Rust field.
    pub name: &'a str,
    /// The position, counted from 1.
    pub field_index: u32,
    /// How the field is encoded.
    pub ty: FieldType,
    /// The Rust type as the compiler prints it; `VarBytes` for variable bytes.
    pub rust_type_name: &'a str,
    /// The enum's name, for [`FieldType::EnumU8`].
    pub enum_type_name: Option<&'a str>,
    /// The encoded size in bytes; none for variable bytes.
    pub fixed_size: Option<u32>,
}

/// One enum type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnumDef<'a> {
    /// The name of the Rust type.
    pub name: &'a str,
    /// The variants as declared.
    pub variants: &'a [EnumVariantDef<'a>],
}

/// One variant of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnumVariantDef<'a> {
    /// The name of the variant.
    pub name: &'a str,
    /// Its encoded byte.
    pub discriminant: u8,
}
