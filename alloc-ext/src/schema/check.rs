//! The checks that all definitions pass before a registry holds them.

mod record;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use record::check_record;

use crate::schema::definitions::Definitions;
use crate::schema::error::cut;
use crate::schema::{
    EnumDefinition, FieldType, MAX_NAME_LEN, PayloadDefinition, PkLayout, SchemaError, SchemaRule,
    SchemaSection,
};

/// Sorts the definitions, checks each of them, and lays out the primary keys, one entry for each
/// record type.
pub(crate) fn check(definitions: &mut Definitions) -> Result<Vec<Option<PkLayout>>, SchemaError> {
    let Definitions { version: _, types, records, commands, events } = definitions;
    sort_by_name(types)?;
    types.iter().try_for_each(check_enum)?;
    let section = SchemaSection::Records;
    sort_by_kind(section, records, |def| def.kind, |def| &def.name)?;
    let pk_layouts = records.iter().map(check_record).collect::<Result<_, _>>()?;
    for (section, payloads) in
        [(SchemaSection::Commands, commands), (SchemaSection::Events, events)]
    {
        sort_by_kind(section, payloads, |def| def.kind, |def| &def.name)?;
        for payload in payloads.iter() {
            check_payload(section, payload)?;
        }
    }
    Ok(pk_layouts)
}

/// Sorts the definitions of one section by kind; kinds and names must be unique.
fn sort_by_kind<T>(
    section: SchemaSection,
    definitions: &mut [T],
    kind: impl Fn(&T) -> u8,
    name: impl Fn(&T) -> &str,
) -> Result<(), SchemaError> {
    definitions.sort_by_key(&kind);
    for pair in definitions.windows(2) {
        if let [first, second] = pair
            && kind(first) == kind(second)
        {
            let rule = SchemaRule::DuplicateKind { kind: kind(second), other: cut(name(first)) };
            return Err(SchemaError::new(section, name(second), rule));
        }
    }
    check_item_names(section, definitions.iter().map(name))
}

/// Sorts the enums by name; names must be unique.
fn sort_by_name(types: &mut [EnumDefinition]) -> Result<(), SchemaError> {
    types.sort_by(|a, b| a.name.cmp(&b.name));
    check_item_names(SchemaSection::Types, types.iter().map(|def| &*def.name))
}

fn check_enum(def: &EnumDefinition) -> Result<(), SchemaError> {
    let fail = |variant: &str, rule| {
        SchemaError::of_member(SchemaSection::Types, &def.name, variant, rule)
    };
    check_member_names(def.variants.iter().map(|variant| &*variant.name))
        .map_err(|(variant, rule)| fail(variant, rule))?;
    let mut taken = BTreeMap::new();
    for variant in def.variants.iter() {
        if let Some(other) = taken.insert(variant.discriminant, &variant.name) {
            let rule =
                SchemaRule::DuplicateValue { value: variant.discriminant, other: cut(other) };
            return Err(fail(&variant.name, rule));
        }
    }
    Ok(())
}

fn check_payload(section: SchemaSection, def: &PayloadDefinition) -> Result<(), SchemaError> {
    let fail = |field: &str, rule| SchemaError::of_member(section, &def.name, field, rule);
    check_member_names(def.fields.iter().map(|field| &*field.name))
        .map_err(|(field, rule)| fail(field, rule))?;
    let indexes = def.fields.iter().map(|f| (f.field_index, &*f.name));
    check_ascending(indexes).map_err(|(field, rule)| fail(field, rule))?;
    for field in def.fields.iter() {
        let enum_name = field.enum_type_name.as_deref();
        check_type(field.ty, field.fixed_size, &field.rust_type_name, enum_name)
            .map_err(|rule| fail(&field.name, rule))?;
    }
    Ok(())
}

/// Checks that the size and the names that go with a field's type agree with it. `size` is `None`
/// when it varies.
fn check_type(
    ty: FieldType,
    size: Option<u32>,
    rust_type_name: &str,
    enum_type_name: Option<&str>,
) -> Result<(), SchemaRule> {
    match ty {
        FieldType::FixedBytes => check_fixed_bytes(size, rust_type_name)?,
        _ if size != ty.fixed_size() => {
            let expected = ty.fixed_size();
            return Err(SchemaRule::FieldSize { ty, size, expected });
        }
        _ => {}
    }
    match (ty, enum_type_name) {
        (FieldType::EnumU8, None | Some("")) => return Err(SchemaRule::EnumNameMissing),
        (FieldType::EnumU8, Some(_)) | (_, None) => {}
        (_, Some(name)) => {
            let name = cut(name);
            return Err(SchemaRule::EnumNameUnexpected { ty, name });
        }
    }
    let len = rust_type_name.len().max(enum_type_name.map_or(0, str::len));
    if len > MAX_NAME_LEN {
        return Err(SchemaRule::LongTypeName { len });
    }
    Ok(())
}

fn check_fixed_bytes(size: Option<u32>, type_name: &str) -> Result<(), SchemaRule> {
    const PREFIX: u32 = 2;
    const MAX: u32 = PREFIX + u16::MAX as u32;
    let Some(size @ PREFIX..=MAX) = size else {
        return Err(SchemaRule::FixedBytesSize { size });
    };
    // The schema text states the capacity by the type's name (ABI.md section 5), so the two must
    // not disagree.
    match capacity_in_name(type_name) {
        Some(capacity) if capacity != size - PREFIX => {
            Err(SchemaRule::FixedBytesCapacity { capacity, size })
        }
        _ => Ok(()),
    }
}

/// N when the name reads `FixedBytes<N>`, with or without spaces.
fn capacity_in_name(type_name: &str) -> Option<u32> {
    let argument = type_name.trim().strip_prefix("FixedBytes")?.trim();
    let capacity = argument.strip_prefix('<')?.strip_suffix('>')?.trim();
    capacity.parse().ok()
}

/// Checks that indexes ascend; each comes with the name of its field, and so does the error.
fn check_ascending<'a>(
    indexes: impl Iterator<Item = (u32, &'a str)>,
) -> Result<(), (&'a str, SchemaRule)> {
    let mut last = None;
    for (index, name) in indexes {
        if let Some(previous) = last
            && index <= previous
        {
            return Err((name, SchemaRule::IndexOrder { index, previous }));
        }
        last = Some(index);
    }
    Ok(())
}

fn check_item_names<'a>(
    section: SchemaSection,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), SchemaError> {
    check_member_names(names).map_err(|(item, rule)| SchemaError::new(section, item, rule))
}

/// Checks that names are unique and not too long; the error comes with the name that it is about.
fn check_member_names<'a>(
    names: impl Iterator<Item = &'a str>,
) -> Result<(), (&'a str, SchemaRule)> {
    let mut seen = BTreeSet::new();
    for name in names {
        let rule = match name.len() {
            0 => SchemaRule::EmptyName,
            1..=MAX_NAME_LEN if seen.insert(name) => continue,
            1..=MAX_NAME_LEN => SchemaRule::DuplicateName,
            len => SchemaRule::LongName { len },
        };
        return Err((name, rule));
    }
    Ok(())
}
