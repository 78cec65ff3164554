//! The schema of the test plugins: a record with a plain key, one with a composite key, and one
//! without a key.

use std::{borrow::Cow, sync::LazyLock};

use statevec_abi::{abi::RecordKind, schema::Version};
use statevec_abi_alloc::schema::{
    FieldDefinition, FieldType, PayloadDefinition, RecordDefinition, SchemaRegistry,
};

/// Key `id`: u64 at 0. Immutable `opened`: u32 at 8. `value`: i64 at 12.
pub(crate) const ACCOUNT: RecordKind = 1;
/// Key `name` (3 fixed bytes at 1, 5 bytes in all), then `flag` (bool at 0), in key order. `value`: i64 at 6.
/// Immutable `opened`: u32 at 14.
pub(crate) const PAIR: RecordKind = 2;
/// No key. `value`: i64 at 0. Immutable `opened`: u32 at 8.
pub(crate) const NOTE: RecordKind = 5;
/// The only event.
pub(crate) const SEEN: u8 = 7;

/// The schema JSON.
pub(crate) static JSON: LazyLock<String> = LazyLock::new(|| {
    let records = [
        record(
            ACCOUNT,
            "Account",
            24,
            &["id"],
            &[
                field("id", 0, FieldType::U64, 8, false),
                field("opened", 8, FieldType::U32, 4, true),
                field("value", 12, FieldType::I64, 8, false),
            ],
        ),
        record(
            PAIR,
            "Pair",
            18,
            &["name", "flag"],
            &[
                field("flag", 0, FieldType::Bool, 1, false),
                field("name", 1, FieldType::FixedBytes, 5, false),
                field("value", 6, FieldType::I64, 8, false),
                field("opened", 14, FieldType::U32, 4, true),
            ],
        ),
        record(
            NOTE,
            "Note",
            12,
            &[],
            &[
                field("value", 0, FieldType::I64, 8, false),
                field("opened", 8, FieldType::U32, 4, true),
            ],
        ),
    ];
    let seen = PayloadDefinition {
        kind: SEEN,
        name: Cow::Borrowed("Seen"),
        version: 1,
        fields: Cow::Borrowed(&[]),
    };
    let version = Version::new(1, 0);
    SchemaRegistry::new(version, &records, &[], &[seen], &[]).unwrap().to_idl_json()
});

fn record(
    kind: RecordKind,
    name: &'static str,
    data_size: u32,
    pk_fields: &[&'static str],
    fields: &[FieldDefinition],
) -> RecordDefinition {
    let fields = fields
        .iter()
        .zip(1..)
        .map(|(field, index)| FieldDefinition { field_index: index, ..field.clone() });
    RecordDefinition {
        kind,
        name: Cow::Borrowed(name),
        is_pk_idx: !pk_fields.is_empty(),
        support_range_scan: kind == PAIR,
        data_size,
        version: 1,
        has_pk_encoder: false,
        fields: fields.collect(),
        reserved_fields: Cow::Borrowed(&[]),
        pk_fields: pk_fields.iter().map(|name| Cow::Borrowed(*name)).collect(),
    }
}

fn field(
    name: &'static str,
    offset: u32,
    ty: FieldType,
    len: u32,
    immutable: bool,
) -> FieldDefinition {
    let rust_type_name = if ty == FieldType::FixedBytes { "FixedBytes < 3 >" } else { ty.name() };
    FieldDefinition {
        name: Cow::Borrowed(name),
        field_index: 0,
        offset,
        ty,
        len,
        rust_type_name: Cow::Borrowed(rust_type_name),
        enum_type_name: None,
        immutable,
    }
}

/// Offsets of the fields that the tests write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    pub(crate) value: usize,
    pub(crate) opened: usize,
}

pub(crate) fn places(kind: RecordKind) -> Places {
    match kind {
        ACCOUNT => Places { value: 12, opened: 8 },
        PAIR => Places { value: 6, opened: 14 },
        _ => Places { value: 0, opened: 8 },
    }
}

/// Writes the key that a number stands for into a record's data.
pub(crate) fn put_key(kind: RecordKind, key: u64, data: &mut [u8]) {
    let bytes = key.to_le_bytes();
    match kind {
        ACCOUNT => data[..8].copy_from_slice(&bytes),
        PAIR => {
            // 1, 2 and 3 all read as true, and the length is no part of the key: different bytes,
            // one key.
            data[0] = bytes[3] & 3;
            data[1..3].copy_from_slice(&(u16::from(bytes[4] & 1) + 2).to_le_bytes());
            data[3..6].copy_from_slice(&bytes[..3]);
        }
        _ => {}
    }
}

/// The encoded primary key that a number stands for.
pub(crate) fn pk(kind: RecordKind, key: u64) -> Vec<u8> {
    let bytes = key.to_le_bytes();
    match kind {
        ACCOUNT => key.to_be_bytes().to_vec(),
        PAIR => vec![bytes[0], bytes[1], bytes[2], u8::from(bytes[3] & 3 != 0)],
        _ => Vec::new(),
    }
}
