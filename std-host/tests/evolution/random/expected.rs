//! The state that a migration must give.

use std::collections::BTreeMap;

use statevec_abi_alloc::schema::FieldType;

use super::model::{Def, Migration, Record, Type, Value, converts, gone, range};

/// The result of a migration.
#[derive(Debug)]
pub(super) enum Expected {
    Refused,
    NotAsked(Vec<String>),
    /// The first record with a value that does not fit.
    Misfit(&'static str, u64),
    /// The first record with a key that another has.
    SameKey(&'static str, u64),
    /// By new kind.
    Records(BTreeMap<u8, Converted>),
}

/// Records with their numbers, and the next number.
type Converted = (Vec<(u64, Vec<u8>)>, u64);

impl Migration {
    pub(super) fn expected(&self, records: &[Record]) -> Expected {
        let converted = |def: &Def| {
            let after = self.new.record(def.name)?;
            Some(
                def.fields
                    .iter()
                    .all(|(name, ty, _)| after.field(name).is_none_or(|new| converts(*ty, new))),
            )
        };
        if self.old.records.iter().any(|def| converted(def) == Some(false)) {
            return Expected::Refused;
        }
        let missing: Vec<_> = gone(&self.old, &self.new)
            .into_iter()
            .filter(|name| !self.choices.drops.contains(name))
            .collect();
        if !missing.is_empty() {
            return Expected::NotAsked(missing);
        }
        let mut expected = BTreeMap::new();
        for after in self.new.by_kind() {
            let Some(place) = self.old.records.iter().position(|def| def.name == after.name) else {
                continue;
            };
            let mut keys = Vec::new();
            let mut found = Vec::new();
            for record in records.iter().filter(|record| record.def == place) {
                let before = &self.old.records[place];
                let Some(values) = self.convert(before, after, record) else {
                    return Expected::Misfit(after.name, record.sys_id);
                };
                let key: Vec<_> =
                    after.key.iter().map(|name| padded(after, name, &values)).collect();
                if !key.is_empty() && keys.contains(&key) {
                    return Expected::SameKey(after.name, record.sys_id);
                }
                keys.push(key);
                found.push((record.sys_id, after.encode(&values)));
            }
            expected.insert(after.kind, (found, self.next_sys_ids[place]));
        }
        Expected::Records(expected)
    }

    fn convert(
        &self,
        before: &Def,
        after: &Def,
        record: &Record,
    ) -> Option<BTreeMap<&'static str, Value>> {
        let values = after.fields.iter().map(|(name, ty, _)| {
            let value = match before.field(name) {
                Some(old) => self.convert_value(old, *ty, &record.values[name])?,
                None => self.default_of(after, name, *ty),
            };
            Some((*name, value))
        });
        values.collect()
    }

    fn default_of(&self, def: &Def, name: &str, ty: Type) -> Value {
        let text = self.choices.defaults.get(&format!("{}.{name}", def.name));
        match (ty.0, text) {
            (FieldType::FixedBytes, text) => {
                Value::Bytes(text.cloned().unwrap_or_default().into_bytes())
            }
            (_, None) => Value::Number(0),
            (_, Some(text)) => Value::Number(text.parse().unwrap()),
        }
    }

    fn convert_value(&self, old: Type, new: Type, value: &Value) -> Option<Value> {
        match value {
            Value::Bytes(bytes) => (bytes.len() as u32 + 2 <= new.1).then(|| value.clone()),
            Value::Number(number) if new.0 == FieldType::EnumU8 => {
                let number = u8::try_from(*number).ok()?;
                let (old_variants, new_variants) = (&self.old.variants, &self.new.variants);
                let known = || new_variants.iter().any(|(_, value)| *value == number);
                if old.0 != FieldType::EnumU8 {
                    return known().then(|| value.clone());
                }
                // Values of the old enum are variants, or zero where a field was new.
                let (name, _) = old_variants.iter().find(|(_, value)| *value == number)?;
                let same = new_variants.iter().find(|(other, _)| other == name);
                let renamed = || {
                    let other = new_variants.iter().find(|(_, value)| *value == number)?;
                    old_variants.iter().all(|(name, _)| *name != other.0).then_some(other)
                };
                same.or_else(renamed).map(|(_, value)| Value::Number((*value).into()))
            }
            Value::Number(number) => {
                let (least, greatest) = range(new.0);
                (least..=greatest).contains(number).then(|| value.clone())
            }
        }
    }
}

/// A value as a part of a key: fixed bytes with their padding.
fn padded(def: &Def, name: &str, values: &BTreeMap<&'static str, Value>) -> Value {
    match (&values[name], def.field(name)) {
        (Value::Bytes(bytes), Some(ty)) => {
            let mut bytes = bytes.clone();
            bytes.resize(ty.1 as usize - 2, 0);
            Value::Bytes(bytes)
        }
        (value, _) => value.clone(),
    }
}
