//! Random schemas with random records.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::subsequence};
use statevec_abi_alloc::schema::FieldType;
use statevec_host::evolution::MigrationChoices;

use super::model::{Def, Migration, Record, Schema, Type, Value, converts, gone, range};

/// Names of fields; the old and the new schema choose among them.
const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const VARIANTS: [&str; 4] = ["Red", "Green", "Blue", "Grey"];
const RECORDS: [&str; 3] = ["First", "Second", "Third"];
/// The greatest number of a record.
const LAST: u64 = 40;

pub(super) fn migrations() -> impl Strategy<Value = Migration> {
    (schemas(), schemas(), any::<u64>(), any::<[bool; 2]>(), vec(any::<u8>(), 6)).prop_flat_map(
        |(old, mut new, seed, [keeps_types, asks], defaults)| {
            if keeps_types {
                new.take_types(&old, seed);
            }
            let choices = choices(&old, &new, asks, &defaults);
            let records = vec((0..old.records.len(), 1..LAST, vec(any::<i128>(), 6)), 0..24);
            let next_sys_ids = vec(LAST..LAST + 9, old.records.len());
            (records, next_sys_ids).prop_map(move |(records, next_sys_ids)| {
                let mut records: Vec<_> = records
                    .into_iter()
                    .map(|(def, sys_id, seeds)| {
                        let values = old.values(&old.records[def], &seeds);
                        Record { def, sys_id, values }
                    })
                    .collect();
                records.sort_by_key(|record| (old.records[record.def].kind, record.sys_id));
                records.dedup_by_key(|record| (record.def, record.sys_id));
                let (old, new, choices) = (old.clone(), new.clone(), choices.clone());
                Migration { old, new, records, next_sys_ids, choices }
            })
        },
    )
}

fn schemas() -> impl Strategy<Value = Schema> {
    let records = subsequence(&RECORDS[..], 1..=3).prop_flat_map(|names| {
        let defs: Vec<_> = names.into_iter().map(def).collect();
        defs
    });
    let variants = subsequence(&VARIANTS[..], 1..=4);
    let values = Just([1_u8, 2, 3, 4, 5]).prop_shuffle();
    (records, variants, values).prop_map(|(records, variants, values)| {
        let variants = variants.into_iter().zip(values).collect();
        Schema { records, variants }
    })
}

fn def(name: &'static str) -> impl Strategy<Value = Def> {
    let place = RECORDS.iter().position(|other| *other == name).unwrap() as u8;
    // Kinds of different records never meet: that is refused, and tested elsewhere.
    let kind = prop_oneof![4 => Just(place + 1), 1 => Just(place + 11)];
    let names = subsequence(&NAMES[..], 1..=6).prop_shuffle();
    (kind, names, vec((types(), 0..3_u32), 6), any::<[bool; 6]>()).prop_map(
        move |(kind, names, types, in_key)| {
            let fields: Vec<_> =
                names.into_iter().zip(types).map(|(name, (ty, gap))| (name, ty, gap)).collect();
            let mut def = Def { kind, name, fields, key: Vec::new() };
            def.choose_key(in_key);
            def
        },
    )
}

fn types() -> impl Strategy<Value = Type> {
    use FieldType::{Bool, EnumU8, FixedBytes, I32, I64, U8, U16, U32, U64, U128};
    prop_oneof![
        6 => prop_oneof![
            Just(Type(U8, 1)),
            Just(Type(U16, 2)),
            Just(Type(U32, 4)),
            Just(Type(U64, 8)),
            Just(Type(U128, 16)),
            Just(Type(I32, 4)),
            Just(Type(I64, 8)),
        ],
        1 => Just(Type(Bool, 1)),
        1 => Just(Type(EnumU8, 1)),
        2 => (0..6_u32).prop_map(|capacity| Type(FixedBytes, capacity + 2)),
    ]
}

/// Drops everything that is gone, or nothing, and gives some of the new fields a default.
fn choices(old: &Schema, new: &Schema, asks: bool, defaults: &[u8]) -> MigrationChoices {
    let mut choices = MigrationChoices::default();
    if asks {
        choices.drops = gone(old, new).into_iter().collect();
    }
    for def in &new.records {
        let Some(before) = old.record(def.name) else { continue };
        for ((name, ty, _), value) in def.fields.iter().zip(defaults) {
            if before.field(name).is_none() && value % 2 == 0 && ty.0 != FieldType::Bool {
                let text = match ty.0 {
                    FieldType::FixedBytes => "x".repeat(ty.1.saturating_sub(2) as usize),
                    _ => value.to_string(),
                };
                choices.defaults.insert(format!("{}.{name}", def.name), text);
            }
        }
    }
    choices
}

impl Schema {
    /// Gives most fields a type that the old value may fit.
    fn take_types(&mut self, old: &Schema, seed: u64) {
        let mut bits = seed;
        for def in &mut self.records {
            let Some(before) = old.record(def.name) else { continue };
            for (name, ty, _) in &mut def.fields {
                bits = bits.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let Some(old_ty) = before.field(name) else { continue };
                if !converts(old_ty, *ty) || bits.is_multiple_of(3) {
                    *ty = old_ty;
                }
            }
            let in_key: [bool; 6] = std::array::from_fn(|at| (bits >> (at + 9)) & 1 == 1);
            def.choose_key(in_key);
        }
    }

    /// Values for a record's fields.
    fn values(&self, def: &Def, seeds: &[i128]) -> BTreeMap<&'static str, Value> {
        let values = def.fields.iter().zip(seeds).map(|((name, ty, _), seed)| {
            // Small numbers and the ends of each type's range.
            let number = match seed & 3 {
                0 => seed >> 120,
                1 => (seed >> 100) & 0xff,
                _ => seed >> 3,
            };
            (*name, self.value(*ty, number))
        });
        values.collect()
    }

    fn value(&self, ty: Type, seed: i128) -> Value {
        match ty.0 {
            FieldType::FixedBytes => {
                let len = (seed.unsigned_abs() % u128::from(ty.1 - 1)) as usize;
                Value::Bytes(seed.to_le_bytes()[..len].to_vec())
            }
            FieldType::Bool => Value::Number(seed & 1),
            FieldType::EnumU8 => {
                let place = seed.unsigned_abs() as usize % self.variants.len();
                Value::Number(self.variants[place].1.into())
            }
            FieldType::U128 => Value::Number(seed & i128::MAX),
            other => {
                let (least, greatest) = range(other);
                Value::Number(if (least..=greatest).contains(&seed) {
                    seed
                } else {
                    least + seed.rem_euclid(greatest - least + 1)
                })
            }
        }
    }
}
