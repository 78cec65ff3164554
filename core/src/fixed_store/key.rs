//! Primary keys, as ABI.md section 5 encodes them, read out of a record's data.

use super::layout::{bytes_of, key_fields};
use crate::schema::{FieldDef, FieldType, RecordDef};

/// The length of a record's primary key in bytes; `None` when it has none.
pub(super) fn len(record: &RecordDef<'_>) -> Option<usize> {
    if !record.has_pk {
        return None;
    }
    Some(key_fields(record).map(part_len).sum())
}

/// A number that equal keys share.
pub(super) fn hash(key: &[u8]) -> u32 {
    let mut hash = Fnv::new();
    hash.bytes(key);
    hash.0
}

/// The [`hash`] of the key that is in a record's data.
pub(super) fn hash_of(record: &RecordDef<'_>, data: &[u8]) -> u32 {
    let mut hash = Fnv::new();
    for field in key_fields(record) {
        with_part(field, data, |part| hash.bytes(part));
    }
    hash.0
}

/// Whether `key` is the key that is in a record's data.
pub(super) fn is(record: &RecordDef<'_>, data: &[u8], mut key: &[u8]) -> bool {
    let matches = key_fields(record).all(|field| {
        with_part(field, data, |part| match key.strip_prefix(part) {
            Some(rest) => {
                key = rest;
                true
            }
            None => false,
        })
    });
    matches && key.is_empty()
}

/// Whether two records have the same key.
pub(super) fn same(record: &RecordDef<'_>, data: &[u8], other: &[u8]) -> bool {
    key_fields(record).all(|field| same_part(field, data, other))
}

/// Whether two records have the same part of the key in this field.
pub(super) fn same_part(field: &FieldDef<'_>, data: &[u8], other: &[u8]) -> bool {
    with_part(field, data, |part| with_part(field, other, |other| part == other))
}

/// Shows the bytes of a key, one part after another.
pub(super) fn for_each_part(record: &RecordDef<'_>, data: &[u8], mut show: impl FnMut(&[u8])) {
    for field in key_fields(record) {
        with_part(field, data, &mut show);
    }
}

const fn part_len(field: &FieldDef<'_>) -> usize {
    match field.ty {
        FieldType::FixedBytes => (field.len as usize).saturating_sub(2),
        _ => field.len as usize,
    }
}

/// Encodes one field for a key: integers big-endian, signed ones with the sign bit flipped, fixed bytes without their length.
fn with_part<R>(field: &FieldDef<'_>, data: &[u8], show: impl FnOnce(&[u8]) -> R) -> R {
    let bytes = bytes_of(field, data);
    if field.ty == FieldType::FixedBytes {
        return show(bytes.get(2..).unwrap_or_default());
    }
    let mut part = [0; 8];
    for (to, from) in part.iter_mut().zip(bytes.iter().rev()) {
        *to = *from;
    }
    let [first, ..] = &mut part;
    match field.ty {
        FieldType::Bool => *first = u8::from(*first != 0),
        FieldType::I32 | FieldType::I64 => *first ^= 0x80,
        _ => {}
    }
    show(part.get(..bytes.len()).unwrap_or_default())
}

/// FNV-1a with 32 bits.
struct Fnv(u32);

impl Fnv {
    const fn new() -> Self {
        Self(0x811c_9dc5)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }
}
