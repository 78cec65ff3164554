//! Encodes primary keys from a record's data (ABI.md section 5).

use super::rows::copy;
use crate::{
    host::refusal::KeyField,
    schema::{FieldDef, FieldType, RecordDef, name::same},
};

/// The length of a record's primary key in bytes; 0 when it has none.
pub(super) const fn len(record: &RecordDef<'_>) -> usize {
    let mut len = 0;
    let mut names = record.pk_fields;
    while let [name, rest @ ..] = names {
        if let Some(field) = field(record, name) {
            len += part_len(field);
        }
        names = rest;
    }
    len
}

/// Finds a field by name, if its type can be in a key.
pub(super) const fn field<'d>(record: &RecordDef<'d>, name: &str) -> Option<&'d FieldDef<'d>> {
    let mut fields = record.fields;
    while let [field, rest @ ..] = fields {
        if same(field.name, name) && field.ty.fits_primary_key() {
            return Some(field);
        }
        fields = rest;
    }
    None
}

/// The fields of a record's key, for texts.
pub(super) fn fields<'d>(record: &'d RecordDef<'d>) -> impl Iterator<Item = KeyField<'d>> + Clone {
    record.pk_fields.iter().filter_map(|name| {
        let field = field(record, name)?;
        Some(KeyField { name: field.name, ty: field.ty, len: part_len(field) })
    })
}

/// Encodes a record's key into `key`, which has the kind's key length.
pub(super) fn write(record: &RecordDef<'_>, data: &[u8], mut key: &mut [u8]) {
    for name in record.pk_fields {
        let Some(field) = field(record, name) else { return };
        let Some((place, rest)) = key.split_at_mut_checked(part_len(field)) else { return };
        copy(place, part(field, data, &mut [0; 8]));
        key = rest;
    }
}

/// Returns true if this field has the same key bytes in two records.
pub(super) fn same_part(field: &FieldDef<'_>, data: &[u8], other: &[u8]) -> bool {
    part(field, data, &mut [0; 8]) == part(field, other, &mut [0; 8])
}

/// The bytes of a field in a record's data.
pub(super) fn bytes_of<'b>(field: &FieldDef<'_>, data: &'b [u8]) -> &'b [u8] {
    // `layout::check` has made sure that the field lies inside its record.
    let start = field.offset as usize;
    data.get(start..start.wrapping_add(field.len as usize)).unwrap_or_default()
}

/// Encodes one field for a key: integers big-endian, signed ones with the sign bit flipped, fixed
/// bytes without their length.
fn part<'b>(field: &FieldDef<'_>, data: &'b [u8], integer: &'b mut [u8; 8]) -> &'b [u8] {
    let bytes = bytes_of(field, data);
    if matches!(field.ty, FieldType::FixedBytes) {
        return bytes.get(2..).unwrap_or_default();
    }
    for (to, from) in integer.iter_mut().zip(bytes.iter().rev()) {
        *to = *from;
    }
    let [first, ..] = integer;
    match field.ty {
        FieldType::Bool => *first = u8::from(*first != 0),
        FieldType::I32 | FieldType::I64 => *first ^= 0x80,
        _ => {}
    }
    integer.get(..bytes.len()).unwrap_or_default()
}

const fn part_len(field: &FieldDef<'_>) -> usize {
    match field.ty {
        FieldType::FixedBytes => (field.len as usize).saturating_sub(2),
        _ => field.len as usize,
    }
}
