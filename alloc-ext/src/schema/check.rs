//! The checks that all definitions pass before a registry holds them.

mod members;
mod record;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use members::{check_ascending, check_member_names, check_type};
use record::check_record;

use crate::schema::definitions::Definitions;
use crate::schema::error::cut;
use crate::schema::{
    EnumDefinition, PayloadDefinition, PkLayout, SchemaError, SchemaRule, SchemaSection,
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

fn check_item_names<'a>(
    section: SchemaSection,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), SchemaError> {
    check_member_names(names).map_err(|(item, rule)| SchemaError::new(section, item, rule))
}
