//! Schemas and records of the model.

use std::collections::BTreeMap;

use statevec_abi_alloc::schema::{EnumDefinition, FieldType, RecordDefinition, SchemaRegistry};
use statevec_host::evolution::MigrationChoices;

use super::super::build::{color, field, schema};

/// Bytes of each record.
const SIZE: u32 = 112;

/// A type, with the capacity of fixed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type(pub(super) FieldType, pub(super) u32);

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Number(i128),
    Bytes(Vec<u8>),
}

#[derive(Debug, Clone)]
pub(super) struct Def {
    pub(super) kind: u8,
    pub(super) name: &'static str,
    /// With the number of bytes that are left free before the field.
    pub(super) fields: Vec<(&'static str, Type, u32)>,
    pub(super) key: Vec<&'static str>,
}

#[derive(Debug, Clone)]
pub(super) struct Schema {
    pub(super) records: Vec<Def>,
    pub(super) variants: Vec<(&'static str, u8)>,
}

#[derive(Debug, Clone)]
pub(super) struct Record {
    /// Index of its definition.
    pub(super) def: usize,
    pub(super) sys_id: u64,
    pub(super) values: BTreeMap<&'static str, Value>,
}

#[derive(Debug, Clone)]
pub(super) struct Migration {
    pub(super) old: Schema,
    pub(super) new: Schema,
    /// By definition and number.
    pub(super) records: Vec<Record>,
    /// By definition.
    pub(super) next_sys_ids: Vec<u64>,
    pub(super) choices: MigrationChoices,
}

/// The names of records and fields that the new schema does not have.
pub(super) fn gone(old: &Schema, new: &Schema) -> Vec<String> {
    let mut gone = Vec::new();
    for before in old.by_kind() {
        let Some(after) = new.record(before.name) else {
            gone.push(before.name.to_owned());
            continue;
        };
        let names = before.fields.iter().map(|(name, ..)| *name);
        let missing = names.filter(|name| after.field(name).is_none());
        gone.extend(missing.map(|name| format!("{}.{name}", before.name)));
    }
    gone
}

impl Schema {
    pub(super) fn registry(&self) -> SchemaRegistry {
        let records: Vec<_> = self.records.iter().map(Def::definition).collect();
        schema(&records, &[self.color()])
    }

    fn color(&self) -> EnumDefinition {
        color(&self.variants)
    }

    pub(super) fn record(&self, name: &str) -> Option<&Def> {
        self.records.iter().find(|def| def.name == name)
    }

    pub(super) fn by_kind(&self) -> Vec<&Def> {
        let mut records: Vec<_> = self.records.iter().collect();
        records.sort_by_key(|def| def.kind);
        records
    }
}

impl Def {
    pub(super) fn field(&self, name: &str) -> Option<Type> {
        self.fields.iter().find(|(other, ..)| *other == name).map(|(_, ty, _)| *ty)
    }

    pub(super) fn choose_key(&mut self, in_key: [bool; 6]) {
        let fields = self.fields.iter().zip(in_key);
        let chosen = fields.filter(|((_, ty, _), is_chosen)| *is_chosen && ty.0 != FieldType::U128);
        self.key = chosen.map(|((name, ..), _)| *name).collect();
    }

    /// Fields with their places.
    fn places(&self) -> Vec<(&'static str, Type, u32)> {
        let mut end = 0;
        let places = self.fields.iter().map(|(name, ty, gap)| {
            let at = end + gap;
            end = at + ty.1;
            (*name, *ty, at)
        });
        places.collect()
    }

    fn definition(&self) -> RecordDefinition {
        let places = self.places();
        let fields: Vec<_> = (1..)
            .zip(&places)
            .map(|(index, (name, ty, at))| field(index, name, ty.0, *at, ty.1))
            .collect();
        let pk_fields: Vec<_> = self.key.iter().map(|name| (*name).into()).collect();
        RecordDefinition {
            kind: self.kind,
            name: self.name.into(),
            is_pk_idx: !pk_fields.is_empty(),
            support_range_scan: false,
            data_size: SIZE,
            version: 1,
            has_pk_encoder: !pk_fields.is_empty(),
            fields: fields.into(),
            reserved_fields: (&[]).into(),
            pk_fields: pk_fields.into(),
        }
    }

    pub(super) fn encode(&self, values: &BTreeMap<&'static str, Value>) -> Vec<u8> {
        let mut data = vec![0; SIZE as usize];
        for (name, ty, at) in self.places() {
            let bytes = match &values[name] {
                Value::Number(number) => number.to_le_bytes()[..ty.1 as usize].to_vec(),
                Value::Bytes(bytes) => [&(bytes.len() as u16).to_le_bytes()[..], bytes].concat(),
            };
            data[at as usize..][..bytes.len()].copy_from_slice(&bytes);
        }
        data
    }
}

/// Returns true if there is a rule from one type to the other.
pub(super) fn converts(old: Type, new: Type) -> bool {
    use FieldType::{Bool, EnumU8, FixedBytes, U8};
    match (old.0, new.0) {
        (FixedBytes, other) | (other, FixedBytes) => other == FixedBytes,
        (from, EnumU8) => matches!(from, EnumU8 | U8),
        (from, Bool) => matches!(from, Bool | EnumU8 | U8),
        _ => true,
    }
}

pub(super) fn range(ty: FieldType) -> (i128, i128) {
    match ty {
        FieldType::Bool => (0, 1),
        FieldType::U8 | FieldType::EnumU8 => (0, u8::MAX.into()),
        FieldType::U16 => (0, u16::MAX.into()),
        FieldType::U32 => (0, u32::MAX.into()),
        FieldType::U64 => (0, u64::MAX.into()),
        FieldType::I32 => (i32::MIN.into(), i32::MAX.into()),
        FieldType::I64 => (i64::MIN.into(), i64::MAX.into()),
        _ => (0, i128::MAX),
    }
}
