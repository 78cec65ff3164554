//! Compares two schemas.

use statevec_abi_alloc::schema::{SchemaRegistry, Version};

use super::{
    Compatibility::{Compatible, NeedsMigration},
    SchemaChange, SchemaPart,
    payloads::{COMMANDS, EVENTS, compare_payloads},
    records::compare_records,
    variants::compare_enums,
};

/// The changes from an old schema to a new one: version, enums, records, commands and events, in
/// this order. There are none if both have one identity.
#[must_use]
pub fn compare(old: &SchemaRegistry, new: &SchemaRegistry) -> Vec<SchemaChange> {
    let mut changes = Vec::new();
    let (before, after) = (old.schema_version(), new.schema_version());
    if before != after {
        let is_older = (after.main(), after.minor()) < (before.main(), before.minor());
        let (compatibility, effect) = if is_older {
            (NeedsMigration, "the migration goes back to an older schema")
        } else {
            (Compatible, "versions ascend")
        };
        let (old, new) = (Some(shown(before)), Some(shown(after)));
        let part = SchemaPart::Version;
        changes.push(SchemaChange { part, old, new, compatibility, effect });
    }
    compare_enums(old, new, &mut changes);
    compare_records(old, new, &mut changes);
    compare_payloads(
        &COMMANDS,
        &old.command_defs().collect::<Vec<_>>(),
        &new.command_defs().collect::<Vec<_>>(),
        &mut changes,
    );
    compare_payloads(
        &EVENTS,
        &old.event_defs().collect::<Vec<_>>(),
        &new.event_defs().collect::<Vec<_>>(),
        &mut changes,
    );
    if changes.is_empty() && old.fingerprints() != new.fingerprints() {
        changes.push(SchemaChange {
            part: SchemaPart::Fingerprints,
            old: None,
            new: None,
            compatibility: Compatible,
            effect: "the texts are alike; reserved fields or names of Rust types differ",
        });
    }
    changes
}

fn shown(version: Version) -> String {
    format!("{}.{}", version.main(), version.minor())
}
