//! A record with a plain key, one with a mutable composite key, and one without a key.

use std::ops::Range;

use statevec_abi::{
    abi::RecordKind,
    schema::{FieldDef, FieldType, PayloadDef, RecordDef, SchemaDef, Version},
};

use super::script::{Key, Poke};

pub(crate) const THING: RecordKind = 2;
pub(crate) const SHARE: RecordKind = 5;
pub(crate) const NOTE: RecordKind = 9;
pub(super) const KINDS: [RecordKind; 3] = [THING, SHARE, NOTE];
/// The only event.
pub(crate) const TOLD: u8 = 7;

pub(crate) const SCHEMA: SchemaDef<'static> = SchemaDef {
    version: Version::new(1, 0),
    types: &[],
    records: &[
        RecordDef {
            kind: THING,
            name: "Thing",
            data_size: 20,
            fields: &[
                field("id", 1, 0, FieldType::U64, 8, true),
                field("value", 2, 8, FieldType::I64, 8, false),
                field("born", 3, 18, FieldType::U16, 2, true),
            ],
            pk_fields: &["id"],
            ..KEYED
        },
        RecordDef {
            kind: SHARE,
            name: "Share",
            data_size: 13,
            fields: &[
                field("open", 1, 0, FieldType::Bool, 1, false),
                field("owner", 2, 1, FieldType::FixedBytes, 7, false),
                field("rank", 3, 8, FieldType::I32, 4, true),
                field("value", 4, 12, FieldType::U8, 1, false),
            ],
            pk_fields: &["rank", "owner", "open"],
            ..KEYED
        },
        RecordDef {
            kind: NOTE,
            name: "Note",
            data_size: 10,
            fields: &[
                field("value", 1, 0, FieldType::I64, 8, false),
                field("born", 2, 8, FieldType::U16, 2, true),
            ],
            has_pk: false,
            has_pk_encoder: false,
            ..KEYED
        },
    ],
    commands: &[],
    events: &[PayloadDef { kind: TOLD, name: "Told", version: 1, fields: &[] }],
};

const KEYED: RecordDef<'static> = RecordDef {
    kind: 0,
    name: "",
    has_pk: true,
    support_range_scan: false,
    data_size: 0,
    version: 1,
    has_pk_encoder: true,
    fields: &[],
    reserved_fields: &[],
    pk_fields: &[],
};

const fn field(
    name: &'static str,
    field_index: u32,
    offset: u32,
    ty: FieldType,
    len: u32,
    immutable: bool,
) -> FieldDef<'static> {
    let rust_type_name = if len == 7 { "FixedBytes < 5 >" } else { ty.name() };
    let enum_type_name = None;
    FieldDef { name, field_index, offset, ty, len, rust_type_name, enum_type_name, immutable }
}

/// Bytes of data; `None` if the kind is unknown.
pub(super) fn data_size(kind: RecordKind) -> Option<usize> {
    match kind {
        THING => Some(20),
        SHARE => Some(13),
        NOTE => Some(10),
        _ => None,
    }
}

/// Length of the primary key; `None` if the kind is unknown or has no key.
pub(crate) fn pk_len(kind: RecordKind) -> Option<usize> {
    match kind {
        THING => Some(8),
        SHARE => Some(10),
        _ => None,
    }
}

/// The primary key that is in a record's data; empty when its kind has none.
pub(super) fn pk(kind: RecordKind, data: &[u8]) -> Vec<u8> {
    match kind {
        THING => data[..8].iter().rev().copied().collect(),
        SHARE => {
            let mut rank: Vec<u8> = data[8..12].iter().rev().copied().collect();
            rank[0] ^= 0x80;
            let (owner, open) = (&data[3..8], u8::from(data[0] != 0));
            [&rank, owner, &[open]].concat()
        }
        _ => Vec::new(),
    }
}

/// Returns true if an update from `old` to `new` is refused.
pub(super) fn changes_what_may_not(kind: RecordKind, old: &[u8], new: &[u8]) -> bool {
    let differ = |bytes: Range<usize>| old[bytes.clone()] != new[bytes];
    let changed = match kind {
        THING => differ(0..8) || differ(18..20),
        SHARE => differ(8..12),
        _ => differ(8..10),
    };
    changed || pk(kind, old) != pk(kind, new)
}

/// Writes the key that a number stands for, and then single bytes.
pub(super) fn write(kind: RecordKind, key: Key, pokes: &[Poke], data: &mut [u8]) {
    match kind {
        THING => data[0] = key.0,
        SHARE => (data[0], data[3], data[8]) = (key.0 & 1, key.0 >> 1, key.0 & 2),
        _ => {}
    }
    let len = data.len();
    for poke in pokes {
        data[usize::from(poke.at) % len] = poke.byte;
    }
}

/// The primary key that a number stands for.
pub(super) fn pk_of(kind: RecordKind, key: Key) -> Vec<u8> {
    let mut data = vec![0; data_size(kind).unwrap_or(1)];
    write(kind, key, &[], &mut data);
    pk(kind, &data)
}
