//! Changes of commands and events.
//!
//! The log keeps recorded commands and events under the schema that wrote them, so a migration
//! leaves them alone. Their senders and readers are affected.

use statevec_abi_alloc::schema::{PayloadDefinition, PayloadFieldDefinition};

use super::{
    Compatibility::{Compatible, NeedsMigration, Refused},
    SchemaChange, SchemaPart,
    conversion::type_name,
};

/// The words for commands or for events.
pub(super) struct Section {
    part: fn(String) -> SchemaPart,
    field: fn(String, String) -> SchemaPart,
    /// The effect of another form.
    changed: &'static str,
    gone: &'static str,
}

pub(super) const COMMANDS: Section = Section {
    part: SchemaPart::Command,
    field: SchemaPart::CommandField,
    changed: "senders must change with the plugin: commands of the old form are read wrongly",
    gone: "senders must stop: the plugin does not know the command any more",
};

pub(super) const EVENTS: Section = Section {
    part: SchemaPart::Event,
    field: SchemaPart::EventField,
    changed: "readers must change with the plugin",
    gone: "readers get no such events any more",
};

const REUSED: &str = "its kind belongs to other fields now; give those a kind that is new";

/// Adds the changes of all commands or of all events.
pub(super) fn compare_payloads(
    section: &Section,
    old: &[&PayloadDefinition],
    new: &[&PayloadDefinition],
    changes: &mut Vec<SchemaChange>,
) {
    let part = |def: &PayloadDefinition| (section.part)(def.name.to_string());
    for before in old {
        if let Some(after) = new.iter().find(|after| after.name == before.name) {
            if before.kind != after.kind {
                changes.push(SchemaChange {
                    part: part(before),
                    old: Some(kind(before)),
                    new: Some(kind(after)),
                    compatibility: NeedsMigration,
                    effect: section.changed,
                });
            }
            compare_fields(section, before, after, changes);
            continue;
        }
        let taken = new.iter().find(|after| after.kind == before.kind);
        let (after, compatibility, effect) = match taken {
            None => (None, NeedsMigration, section.gone),
            Some(after) if is_same_form(before, after) => {
                let after = format!("{} as {}", kind(after), after.name);
                (Some(after), NeedsMigration, "its bytes stay; who uses its name must change")
            }
            Some(after) => (Some(format!("{} as {}", kind(after), after.name)), Refused, REUSED),
        };
        let old = Some(kind(before));
        changes.push(SchemaChange { part: part(before), old, new: after, compatibility, effect });
    }
    for after in new {
        let is_new = old.iter().all(|old| old.name != after.name && old.kind != after.kind);
        if is_new {
            changes.push(SchemaChange {
                part: part(after),
                old: None,
                new: Some(kind(after)),
                compatibility: Compatible,
                effect: "nothing has used its kind before",
            });
        }
    }
}

fn kind(def: &PayloadDefinition) -> String {
    format!("kind {}", def.kind)
}

/// Returns true if both have the same bytes, with the same names of fields.
fn is_same_form(old: &PayloadDefinition, new: &PayloadDefinition) -> bool {
    let forms = |def: &PayloadDefinition| -> Vec<_> {
        def.fields.iter().map(|field| (field.name.clone(), shown(field))).collect()
    };
    forms(old) == forms(new)
}

/// Adds the changes of a payload's fields. They are packed, so that each change of one affects the
/// bytes of all that follow.
fn compare_fields(
    section: &Section,
    old: &PayloadDefinition,
    new: &PayloadDefinition,
    changes: &mut Vec<SchemaChange>,
) {
    let place = |def: &PayloadDefinition, name: &str| {
        let (number, field) =
            (1..).zip(def.fields.iter()).find(|(_, field): &(u32, _)| field.name == name)?;
        Some(format!("{}, number {number}", shown(field)))
    };
    let gone = old.fields.iter().filter(|field| new.field_by_name(&field.name).is_none());
    for field in new.fields.iter().chain(gone) {
        let (before, after) = (place(old, &field.name), place(new, &field.name));
        if before != after {
            changes.push(SchemaChange {
                part: (section.field)(old.name.to_string(), field.name.to_string()),
                old: before,
                new: after,
                compatibility: NeedsMigration,
                effect: section.changed,
            });
        }
    }
}

fn shown(field: &PayloadFieldDefinition) -> String {
    type_name(field.ty, field.enum_type_name.as_deref(), field.fixed_size)
}
