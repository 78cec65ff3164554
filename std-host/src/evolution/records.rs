//! Changes of records.

use statevec_abi_alloc::schema::{FieldDefinition, RecordDefinition, SchemaRegistry};

use super::{
    Compatibility::{self, Compatible, NeedsMigration, Refused},
    SchemaChange, SchemaPart,
    conversion::{conversion, type_name},
};

/// Adds the changes of all records.
pub(super) fn compare_records(
    old: &SchemaRegistry,
    new: &SchemaRegistry,
    changes: &mut Vec<SchemaChange>,
) {
    for before in old.record_defs() {
        match new.try_get_by_name(&before.name) {
            Some(after) => compare_record((old, before), (new, after), changes),
            None => changes.push(SchemaChange {
                part: SchemaPart::Record(before.name.to_string()),
                old: Some(shown(before)),
                new: None,
                compatibility: NeedsMigration,
                effect: "its records are dropped when that is asked for",
            }),
        }
    }
    for after in new.record_defs() {
        let part = SchemaPart::Record(after.name.to_string());
        let reused = reused_kind(old, after);
        let is_new = old.try_get_by_name(&after.name).is_none();
        if let Some(owner) = reused {
            changes.push(SchemaChange {
                part,
                old: Some(format!("kind {} belonged to {}", after.kind, owner.name)),
                new: Some(shown(after)),
                compatibility: Refused,
                effect: "a kind and its numbers are never used again; give the record a kind that is \
                         new",
            });
        } else if is_new {
            changes.push(SchemaChange {
                part,
                old: None,
                new: Some(shown(after)),
                compatibility: Compatible,
                effect: "there are no records of it yet",
            });
        }
    }
}

/// The other record that had this kind.
fn reused_kind<'o>(
    old: &'o SchemaRegistry,
    after: &RecordDefinition,
) -> Option<&'o RecordDefinition> {
    old.try_get(after.kind).filter(|owner| owner.name != after.name)
}

fn shown(record: &RecordDefinition) -> String {
    format!("kind {} with {} bytes", record.kind, record.data_size)
}

fn compare_record(
    (old_schema, old): (&SchemaRegistry, &RecordDefinition),
    (new_schema, new): (&SchemaRegistry, &RecordDefinition),
    changes: &mut Vec<SchemaChange>,
) {
    let mut add = |before: String, after: String, compatibility, effect| {
        if before != after {
            changes.push(SchemaChange {
                part: SchemaPart::Record(old.name.to_string()),
                old: Some(before),
                new: Some(after),
                compatibility,
                effect,
            });
        }
    };
    let (kind, effect) = (|def: &RecordDefinition| format!("kind {}", def.kind), MOVED_KIND);
    if reused_kind(old_schema, new).is_none() {
        add(kind(old), kind(new), NeedsMigration, effect);
    }
    let bytes = |def: &RecordDefinition| format!("{} bytes", def.data_size);
    add(bytes(old), bytes(new), Compatible, "fields are copied by name");
    let (compatibility, effect) = key_change(old, new);
    add(key(old), key(new), compatibility, effect);
    let scan = |def: &RecordDefinition| {
        if def.support_range_scan { "with range scans" } else { "without range scans" }.to_owned()
    };
    add(scan(old), scan(new), Compatible, "no stored value changes");
    let version = |def: &RecordDefinition| {
        let [main, minor] = def.version.to_le_bytes();
        format!("version {main}.{minor}")
    };
    if old_schema.schema_version() == new_schema.schema_version() {
        add(version(old), version(new), Compatible, "no stored value changes");
    }
    let gone = old.fields.iter().filter(|field| new.field_by_name(&field.name).is_none());
    for field in new.fields.iter().chain(gone) {
        let before = old.field_by_name(&field.name).map(|field| (old_schema, field));
        let after = new.field_by_name(&field.name).map(|field| (new_schema, field));
        let part = SchemaPart::Field(old.name.to_string(), field.name.to_string());
        changes.extend(compare_field(part, before, after));
    }
}

const MOVED_KIND: &str =
    "its records get the other kind and keep their numbers; readers by kind must change";

fn key(record: &RecordDefinition) -> String {
    match &*record.pk_fields {
        [] => "no key".into(),
        fields => format!("key ({})", fields.join(", ")),
    }
}

fn key_change(old: &RecordDefinition, new: &RecordDefinition) -> (Compatibility, &'static str) {
    if new.pk_fields.is_empty() {
        (Compatible, "records are found by their numbers only")
    } else if key_stays_unique(old, new) {
        (Compatible, "keys stay unique")
    } else {
        (NeedsMigration, "each key is checked: it must be unique")
    }
}

/// Returns true if unique old keys give unique new ones.
fn key_stays_unique(old: &RecordDefinition, new: &RecordDefinition) -> bool {
    !old.pk_fields.is_empty() && old.pk_fields.iter().all(|field| new.pk_fields.contains(field))
}

type OfSchema<'s> = (&'s SchemaRegistry, &'s FieldDefinition);

fn compare_field(
    part: SchemaPart,
    old: Option<OfSchema<'_>>,
    new: Option<OfSchema<'_>>,
) -> Option<SchemaChange> {
    let shown = |field: Option<OfSchema<'_>>| {
        let (_, field) = field?;
        let ty = type_name(field.ty, field.enum_type_name.as_deref(), Some(field.len));
        let immutable = if field.immutable { ", immutable" } else { "" };
        Some(format!("{ty} at byte {}{immutable}", field.offset))
    };
    let (before, after) = (shown(old), shown(new));
    let (compatibility, effect) = match (old, new) {
        (Some(old), Some(new)) => match conversion(old, new) {
            Some((_, compatibility, effect)) => (compatibility, effect),
            None => (Refused, "no rule converts the values; add a field with another name"),
        },
        (None, _) => (Compatible, "zero in old records, or a stated default"),
        (_, None) => (NeedsMigration, "its values are dropped when that is asked for"),
    };
    if before != after {
        return Some(SchemaChange { part, old: before, new: after, compatibility, effect });
    }
    let ((_, old), (_, new)) = (old?, new?);
    let number = |field: &FieldDefinition| Some(format!("number {}", field.field_index));
    (old.field_index != new.field_index).then(|| SchemaChange {
        part,
        old: number(old),
        new: number(new),
        compatibility: Compatible,
        effect: "no stored value changes",
    })
}
