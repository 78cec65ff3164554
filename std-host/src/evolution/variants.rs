//! Changes of enums.

use statevec_abi_alloc::schema::{EnumDefinition, EnumVariantDefinition, SchemaRegistry};

use super::{
    Compatibility::{Compatible, NeedsMigration},
    SchemaChange, SchemaPart,
};

/// The new value of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Successor<'n> {
    /// The variant of this name.
    Same(&'n EnumVariantDefinition),
    /// No variant has its name, and its value belongs to a name that is new.
    Renamed(&'n EnumVariantDefinition),
    /// There is none.
    Gone,
}

impl Successor<'_> {
    pub(super) fn value(&self) -> Option<u8> {
        match self {
            Self::Same(variant) | Self::Renamed(variant) => Some(variant.discriminant),
            Self::Gone => None,
        }
    }
}

/// Finds the new variant for an old one: by name, else by value.
pub(super) fn successor<'n>(
    variant: &EnumVariantDefinition,
    old: &EnumDefinition,
    new: &'n EnumDefinition,
) -> Successor<'n> {
    if let Some(same) = new.variant_by_name(&variant.name) {
        return Successor::Same(same);
    }
    match new.variant_by_value(variant.discriminant) {
        Some(other) if old.variant_by_name(&other.name).is_none() => Successor::Renamed(other),
        _ => Successor::Gone,
    }
}

/// Adds the changes of all enums.
pub(super) fn compare_enums(
    old: &SchemaRegistry,
    new: &SchemaRegistry,
    changes: &mut Vec<SchemaChange>,
) {
    for before in old.enum_defs() {
        match new.try_get_enum(&before.name) {
            Some(after) => compare_variants(before, after, changes),
            None => changes.push(SchemaChange {
                part: SchemaPart::Enum(before.name.to_string()),
                old: Some(count(before)),
                new: None,
                compatibility: NeedsMigration,
                effect: "fields that still name it hold plain numbers",
            }),
        }
    }
    for after in new.enum_defs() {
        if old.try_get_enum(&after.name).is_none() {
            changes.push(SchemaChange {
                part: SchemaPart::Enum(after.name.to_string()),
                old: None,
                new: Some(count(after)),
                compatibility: Compatible,
                effect: "no stored value changes",
            });
        }
    }
}

fn count(def: &EnumDefinition) -> String {
    match def.variants.len() {
        1 => "1 variant".into(),
        count => format!("{count} variants"),
    }
}

fn compare_variants(old: &EnumDefinition, new: &EnumDefinition, changes: &mut Vec<SchemaChange>) {
    let part = |variant: &EnumVariantDefinition| {
        SchemaPart::Variant(old.name.to_string(), variant.name.to_string())
    };
    let value = |variant: &EnumVariantDefinition| format!("value {}", variant.discriminant);
    let mut renamed = Vec::new();
    for variant in old.variants.iter() {
        let (after, effect) = match successor(variant, old, new) {
            Successor::Same(after) if after.discriminant == variant.discriminant => continue,
            Successor::Same(after) => {
                (Some(value(after)), "values are mapped by name; senders and readers must change")
            }
            Successor::Renamed(after) => {
                renamed.push(&*after.name);
                let after = format!("value {} as {}", after.discriminant, after.name);
                (Some(after), "values stay; senders and readers that use the name must change")
            }
            Successor::Gone => (None, "a record that holds it stops the migration"),
        };
        let old = Some(value(variant));
        let (part, compatibility) = (part(variant), NeedsMigration);
        changes.push(SchemaChange { part, old, new: after, compatibility, effect });
    }
    for variant in new.variants.iter() {
        let name = &*variant.name;
        if old.variant_by_name(name).is_none() && !renamed.contains(&name) {
            changes.push(SchemaChange {
                part: part(variant),
                old: None,
                new: Some(value(variant)),
                compatibility: Compatible,
                effect: "no stored value changes",
            });
        }
    }
}
