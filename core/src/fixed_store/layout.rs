//! The layout of records in rows, and the checks of a schema.

use super::{FixedStoreError, key};
use crate::schema::{FieldDef, FieldType, RecordDef, SchemaDef};

/// Bytes that the largest record of a schema takes in a store: its data and its primary key.
///
/// It is the `RECORD_SIZE` of a [`FixedMemory`](super::FixedMemory).
#[must_use]
pub const fn record_size(schema: &SchemaDef<'_>) -> usize {
    let mut largest = 0;
    let mut records = schema.records;
    while let [record, rest @ ..] = records {
        if row_size(record) > largest {
            largest = row_size(record);
        }
        records = rest;
    }
    largest
}

/// Bytes of data of a record.
pub(super) const fn data_size(record: &RecordDef<'_>) -> usize {
    record.data_size as usize
}

/// The data in a record's row.
pub(super) fn data_of<'r>(record: &RecordDef<'_>, row: &'r [u8]) -> &'r [u8] {
    row.get(..data_size(record)).unwrap_or_default()
}

const fn row_size(record: &RecordDef<'_>) -> usize {
    data_size(record).saturating_add(key::len(record))
}

/// The first key field or immutable field that an update changed, with its role.
///
/// An immutable field must keep its bytes. A key field must keep its key bytes, which do not depend
/// on all bytes of the field.
pub(super) fn frozen_change<'d>(
    record: &RecordDef<'d>,
    old: &[u8],
    new: &[u8],
) -> Option<(&'static str, &'d str)> {
    record.fields.iter().find_map(|field| {
        let (role, changed) = if field.immutable {
            ("immutable", key::bytes_of(field, old) != key::bytes_of(field, new))
        } else if record.pk_fields.contains(&field.name) {
            ("primary key", !key::same_part(field, old, new))
        } else {
            return None;
        };
        changed.then_some((role, field.name))
    })
}

/// Checks the parts of a schema that the store relies on.
pub(super) fn check<'d>(
    schema: &SchemaDef<'d>,
    record_size: usize,
    kinds: usize,
) -> Result<(), FixedStoreError<'d>> {
    let needed = schema.records.len();
    if needed > kinds {
        return Err(FixedStoreError::Kinds { needed, kinds });
    }
    let mut last = 0;
    for def in schema.records {
        let record = def.name;
        if def.kind <= last {
            return Err(FixedStoreError::KindOrder { record });
        }
        last = def.kind;
        let needed = row_size(def);
        if needed > record_size {
            return Err(FixedStoreError::RecordSize { record, needed, record_size });
        }
        if let Some(field) = def.fields.iter().find(|field| !is_inside(field, def)) {
            let field = field.name;
            return Err(FixedStoreError::Field { record, field });
        }
        if let Some(field) = def.pk_fields.iter().find(|name| key::field(def, name).is_none()) {
            return Err(FixedStoreError::KeyField { record, field });
        }
        if def.has_pk && def.pk_fields.is_empty() {
            return Err(FixedStoreError::KeyEmpty { record });
        }
    }
    Ok(())
}

/// Returns true if a field lies inside its record, and has the length of its type.
fn is_inside(field: &FieldDef<'_>, record: &RecordDef<'_>) -> bool {
    let end = field.offset.checked_add(field.len);
    let fits = end.is_some_and(|end| end <= record.data_size);
    let len_is_right = match field.ty.fixed_size() {
        Some(size) => field.len == size,
        None => matches!(field.ty, FieldType::FixedBytes) && field.len >= 2,
    };
    fits && len_is_right
}
