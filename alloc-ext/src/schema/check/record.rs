//! The checks of record definitions: places of fields, and the primary key.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::members::{check_ascending, check_member_names, check_type};
use crate::schema::error::cut;
use crate::schema::{
    FieldDefinition, FieldType, MAX_DATA_SIZE, PkLayout, RecordDefinition, SchemaError, SchemaRule,
    SchemaSection,
};

/// Checks one record and lays out its primary key, if it has one.
pub(crate) fn check_record(def: &RecordDefinition) -> Result<Option<PkLayout>, SchemaError> {
    let fail = |rule| SchemaError::new(SchemaSection::Records, &def.name, rule);
    let fail_field = |(field, rule): (&str, SchemaRule)| {
        SchemaError::of_member(SchemaSection::Records, &def.name, field, rule)
    };
    if def.kind == 0 {
        return Err(fail(SchemaRule::ReservedKind));
    }
    if !(1..=MAX_DATA_SIZE).contains(&def.data_size) {
        let size = def.data_size;
        return Err(fail(SchemaRule::DataSize { size }));
    }
    let count = def.pk_fields.len();
    if def.is_pk_idx != (count > 0) {
        let has_pk = def.is_pk_idx;
        return Err(fail(SchemaRule::PkFlag { has_pk, count }));
    }
    check_fields(def).map_err(fail_field)?;
    if !def.is_pk_idx {
        return Ok(None);
    }
    lay_out_pk(def).map(Some).map_err(fail_field)
}

/// The errors here come with the name of the field that they are about.
fn check_fields(def: &RecordDefinition) -> Result<(), (&str, SchemaRule)> {
    let all = || def.fields.iter().chain(def.reserved_fields.iter());
    check_member_names(all().map(|field| &*field.name))?;
    check_indexes(def)?;
    for field in all() {
        check_field(field, def.data_size).map_err(|rule| (&*field.name, rule))?;
    }
    check_places(all().collect())
}

fn check_indexes(def: &RecordDefinition) -> Result<(), (&str, SchemaRule)> {
    let (in_use, reserved) = (def.fields.iter(), def.reserved_fields.iter());
    check_ascending(in_use.clone().map(|f| (f.field_index, &*f.name)))?;
    check_ascending(reserved.clone().map(|f| (f.field_index, &*f.name)))?;
    let in_use: BTreeMap<u32, &FieldDefinition> = in_use.map(|f| (f.field_index, f)).collect();
    for field in reserved {
        if let Some(other) = in_use.get(&field.field_index) {
            let rule =
                SchemaRule::DuplicateIndex { index: field.field_index, other: cut(&other.name) };
            return Err((&field.name, rule));
        }
    }
    Ok(())
}

fn check_field(field: &FieldDefinition, data_size: u32) -> Result<(), SchemaRule> {
    if field.ty == FieldType::VarBytes {
        return Err(SchemaRule::VarBytesInRecord);
    }
    let enum_name = field.enum_type_name.as_deref();
    check_type(field.ty, Some(field.len), &field.rust_type_name, enum_name)?;
    match field.offset.checked_add(field.len) {
        Some(end) if end <= data_size => Ok(()),
        _ => Err(SchemaRule::OutsideData { offset: field.offset, size: field.len, data_size }),
    }
}

/// Checks that no two fields share bytes. Gaps are legal: schema text leaves out reserved fields.
fn check_places(mut fields: Vec<&FieldDefinition>) -> Result<(), (&str, SchemaRule)> {
    fields.sort_by_key(|field| field.offset);
    for pair in fields.windows(2) {
        let [before, field] = *pair else { continue };
        // Cannot saturate: each field was found to end inside the data.
        let other_end = before.offset.saturating_add(before.len);
        if other_end > field.offset {
            let rule =
                SchemaRule::Overlap { offset: field.offset, other: cut(&before.name), other_end };
            return Err((&field.name, rule));
        }
    }
    Ok(())
}

fn lay_out_pk(def: &RecordDefinition) -> Result<PkLayout, (&str, SchemaRule)> {
    let by_name: BTreeMap<&str, &FieldDefinition> =
        def.fields.iter().map(|field| (&*field.name, field)).collect();
    let mut seen = BTreeSet::new();
    let mut fields = Vec::new();
    for name in def.pk_fields.iter() {
        let name = &**name;
        let field = by_name.get(name).ok_or((name, SchemaRule::PkFieldUnknown))?;
        if !seen.insert(name) {
            return Err((name, SchemaRule::PkFieldTwice));
        }
        fields.push(*field);
    }
    PkLayout::of_fields(fields)
        .map_err(|field| (&*field.name, SchemaRule::PkFieldType { ty: field.ty }))
}
