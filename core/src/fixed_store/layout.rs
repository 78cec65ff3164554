//! What a schema says about records, and whether it can be believed.

use super::{FixedStoreError, key};
use crate::schema::{FieldDef, FieldType, RecordDef, SchemaDef};

/// Bytes of data of a record.
pub(super) const fn data_size(record: &RecordDef<'_>) -> usize {
    record.data_size as usize
}

/// The fields of the primary key, in key order.
pub(super) fn key_fields<'d>(
    record: &RecordDef<'d>,
) -> impl Iterator<Item = &'d FieldDef<'d>> + use<'d> {
    let fields = record.fields;
    let names = record.pk_fields.iter();
    names.filter_map(move |name| fields.iter().find(|field| field.name == *name))
}

/// The bytes of a field in a record's data.
pub(super) fn bytes_of<'b>(field: &FieldDef<'_>, data: &'b [u8]) -> &'b [u8] {
    let rest = data.get(field.offset as usize..).unwrap_or_default();
    rest.get(..field.len as usize).unwrap_or_default()
}

/// The first field that an update must leave as it is and did not, and what it is.
///
/// An immutable field keeps its bytes; a key field keeps its part of the key, to which some bytes make no difference.
pub(super) fn frozen_change<'d>(
    record: &RecordDef<'d>,
    old: &[u8],
    new: &[u8],
) -> Option<(&'static str, &'d str)> {
    record.fields.iter().find_map(|field| {
        if field.immutable {
            let changed = bytes_of(field, old) != bytes_of(field, new);
            return changed.then_some(("immutable", field.name));
        }
        let in_key = record.pk_fields.contains(&field.name);
        let changed = in_key && !key::same_part(field, old, new);
        changed.then_some(("primary key", field.name))
    })
}

/// Checks what this module relies on.
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
        if data_size(def) > record_size {
            let needed = data_size(def);
            return Err(FixedStoreError::RecordSize { record, needed, record_size });
        }
        if let Some(field) = def.fields.iter().find(|field| !is_inside(field, def)) {
            let field = field.name;
            return Err(FixedStoreError::Field { record, field });
        }
        let is_key = |name: &str| {
            def.fields.iter().any(|field| field.name == name && field.ty.fits_primary_key())
        };
        if let Some(field) = def.pk_fields.iter().find(|name| !is_key(name)) {
            return Err(FixedStoreError::KeyField { record, field });
        }
    }
    Ok(())
}

/// Whether a field lies inside its record, and is as long as its type says.
fn is_inside(field: &FieldDef<'_>, record: &RecordDef<'_>) -> bool {
    let end = field.offset.checked_add(field.len);
    let fits = end.is_some_and(|end| end <= record.data_size);
    let len_is_right = match field.ty.fixed_size() {
        Some(size) => field.len == size,
        None => field.ty == FieldType::FixedBytes && field.len >= 2,
    };
    fits && len_is_right
}
