//! Makes the rules for two schemas.

use statevec_abi_alloc::schema::{FieldDefinition, FieldType, RecordDefinition, SchemaRegistry};

use super::{Integer, MigrationChoices, MigrationRules, RecordRules, Step};
use crate::{
    evolution::{
        Compatibility, MigrationError, compare,
        conversion::{Conversion, conversion},
    },
    json,
};

impl MigrationRules {
    /// The rules from an old schema to a new one. Fields are matched by their names.
    ///
    /// # Errors
    ///
    /// A change is refused, something would be dropped without being named in the choices, or a
    /// choice names something else than it may.
    pub fn between(
        old: &SchemaRegistry,
        new: &SchemaRegistry,
        choices: &MigrationChoices,
    ) -> Result<Self, MigrationError> {
        let mut changes = compare(old, new);
        changes.retain(|change| change.compatibility == Compatibility::Refused);
        if !changes.is_empty() {
            return Err(MigrationError::Refused { changes });
        }
        check_drops(old, new, choices)?;
        check_defaults(old, new, choices)?;
        let mut records = Vec::new();
        for def in new.record_defs() {
            if let Some(before) = old.try_get_by_name(&def.name) {
                records.push(record_rules((old, before), (new, def), choices)?);
            }
        }
        Ok(Self { records })
    }
}

/// Checks that the choices name exactly what is dropped.
fn check_drops(
    old: &SchemaRegistry,
    new: &SchemaRegistry,
    choices: &MigrationChoices,
) -> Result<(), MigrationError> {
    let mut gone = Vec::new();
    for before in old.record_defs() {
        let Some(after) = new.try_get_by_name(&before.name) else {
            gone.push(before.name.to_string());
            continue;
        };
        for field in before.fields.iter() {
            if after.field_by_name(&field.name).is_none() {
                gone.push(format!("{}.{}", before.name, field.name));
            }
        }
    }
    if let Some(name) = choices.drops.iter().find(|name| !gone.contains(name)) {
        return Err(MigrationError::NothingToDrop { name: name.clone() });
    }
    gone.retain(|name| !choices.drops.contains(name));
    if gone.is_empty() { Ok(()) } else { Err(MigrationError::NotAsked { names: gone }) }
}

/// Checks that each default is for a field that is new.
fn check_defaults(
    old: &SchemaRegistry,
    new: &SchemaRegistry,
    choices: &MigrationChoices,
) -> Result<(), MigrationError> {
    for name in choices.defaults.keys() {
        let refused = |reason: &str| {
            Err(MigrationError::Default { field: name.clone(), reason: reason.into() })
        };
        let Some((record, field)) = name.split_once('.') else {
            return refused("a default is for a field: name it as Record.field");
        };
        let new_record = new.try_get_by_name(record);
        if new_record.is_none_or(|def| def.field_by_name(field).is_none()) {
            return refused("the new schema has no such field");
        }
        let Some(before) = old.try_get_by_name(record) else {
            return refused("there are no records of it yet");
        };
        if before.field_by_name(field).is_some() {
            return refused("the field is not new: old records have a value for it");
        }
    }
    Ok(())
}

fn record_rules(
    (old_schema, old): (&SchemaRegistry, &RecordDefinition),
    (new_schema, new): (&SchemaRegistry, &RecordDefinition),
    choices: &MigrationChoices,
) -> Result<RecordRules, MigrationError> {
    let mut steps = Vec::new();
    let mut is_same = old.data_size == new.data_size && old.fields.len() == new.fields.len();
    for field in new.fields.iter() {
        let step = match old.field_by_name(&field.name) {
            Some(before) => {
                let conversion = conversion((old_schema, before), (new_schema, field));
                // `compare` has refused fields that no rule converts.
                conversion.map(|(conversion, ..)| converting(conversion, before, field))
            }
            None => default_of(new_schema, new, field, choices)?,
        };
        is_same &= matches!(step, Some(Step::Copy { from, to, .. }) if from == to);
        steps.extend(step);
    }
    let steps = if is_same {
        vec![Step::Copy { from: 0, to: 0, len: old.data_size }]
    } else {
        let mut all = unnamed_bytes(old);
        all.extend(merged(steps));
        all
    };
    let (old_kind, new_kind) = (old.kind, new.kind);
    Ok(RecordRules { old_kind, new_kind, old_size: old.data_size, new_size: new.data_size, steps })
}

fn converting(conversion: Conversion, old: &FieldDefinition, new: &FieldDefinition) -> Step {
    let (from, to) = (old.offset, new.offset);
    let integer = |field: &FieldDefinition, signed| Integer {
        offset: field.offset,
        // Integers have at most 16 bytes.
        len: field.len as u8,
        signed,
    };
    match conversion {
        Conversion::Verbatim => Step::Copy { from, to, len: new.len },
        Conversion::Number { from_signed, to_signed } => {
            Step::Number { from: integer(old, from_signed), to: integer(new, to_signed) }
        }
        Conversion::Bool => Step::Bool { from, to: integer(new, false) },
        Conversion::FixedBytes => {
            Step::FixedBytes { from, from_size: old.len, to, to_size: new.len }
        }
        Conversion::Table(pairs) => Step::Table { from, to, pairs },
    }
}

/// Writes the default of a new field, if it has one.
fn default_of(
    schema: &SchemaRegistry,
    record: &RecordDefinition,
    field: &FieldDefinition,
    choices: &MigrationChoices,
) -> Result<Option<Step>, MigrationError> {
    let name = format!("{}.{}", record.name, field.name);
    let Some(text) = choices.defaults.get(&name) else { return Ok(None) };
    let takes_text =
        matches!(field.ty, FieldType::EnumU8 | FieldType::FixedBytes | FieldType::U128);
    let is_json = serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
    let text = if takes_text && !is_json {
        serde_json::Value::from(text.as_str()).to_string()
    } else {
        text.clone()
    };
    let bytes = json::parse_field(schema, record, field, &text)
        .map_err(|error| MigrationError::Default { field: name, reason: error.to_string() })?;
    Ok(Some(Step::Constant { to: field.offset, bytes }))
}

/// The bytes of a record that belong to no field. They may hold data of a plugin that does not
/// declare all its fields.
fn unnamed_bytes(record: &RecordDefinition) -> Vec<Step> {
    let mut fields: Vec<_> = record.fields.iter().map(|field| (field.offset, field.len)).collect();
    fields.sort_unstable();
    fields.push((record.data_size, 0));
    let (mut steps, mut from) = (Vec::new(), 0);
    for (offset, len) in fields {
        if offset > from {
            steps.push(Step::Zero { from, len: offset - from });
        }
        from = offset.saturating_add(len);
    }
    steps
}

/// Copies that touch each other become one.
fn merged(steps: Vec<Step>) -> Vec<Step> {
    let mut merged: Vec<Step> = Vec::new();
    for step in steps {
        if let (
            Step::Copy { from, to, len },
            Some(Step::Copy { from: last_from, to: last_to, len: last_len }),
        ) = (&step, merged.last_mut())
            && *last_from + *last_len == *from
            && *last_to + *last_len == *to
        {
            *last_len += *len;
        } else {
            merged.push(step);
        }
    }
    merged
}
