//! Rules as bytes, and values at the ends of their types.

use std::sync::Arc;

use statevec_abi::abi::RecordKey;
use statevec_abi_alloc::schema::{FieldType, RecordDefinition, SchemaRegistry};
use statevec_host::{
    Store,
    evolution::{MigrationChoices, MigrationError, MigrationRules},
    store::Restorer,
};

use crate::build::{Field, ID, color, record, schema};

fn of(record: RecordDefinition) -> SchemaRegistry {
    schema(&[record], &[color(&[("Red", 1), ("Blue", 2)])])
}

fn rules(old: &SchemaRegistry, new: &SchemaRegistry) -> MigrationRules {
    MigrationRules::between(old, new, &MigrationChoices::default()).unwrap()
}

/// Migrates one record with this data.
fn migrate(
    old: &SchemaRegistry,
    new: &SchemaRegistry,
    data: &[u8],
) -> Result<Vec<u8>, MigrationError> {
    let mut restorer = Restorer::new(Store::new(Arc::new(old.clone())).unwrap());
    restorer.record(RecordKey { kind: 1, sys_id: 4 }, data).unwrap();
    let migrated = rules(old, new).apply(restorer.store(), &Arc::new(new.clone()))?;
    Ok(migrated.store().get(1, 4).unwrap().to_vec())
}

/// Converts one value in a record that has it behind its key.
fn convert(old: Field, new: Field, value: &[u8]) -> Result<Vec<u8>, String> {
    let mut data = vec![0; 48];
    data[8..8 + value.len()].copy_from_slice(value);
    let (old_schema, new_schema) =
        (of(record(1, "Item", &[ID, old])), of(record(1, "Item", &[ID, new])));
    let data = migrate(&old_schema, &new_schema, &data).map_err(|error| error.to_string())?;
    Ok(data[8..8 + new.2 as usize].to_vec())
}

#[test]
fn values_at_the_ends_of_their_types_are_kept_or_named() {
    use FieldType::{I32, I64, U8, U16, U32, U64, U128};
    let value = |ty: FieldType| ("value", ty, ty.fixed_size().unwrap());
    let fits = |old, new, from: &[u8], to: &[u8]| {
        assert_eq!(convert(value(old), value(new), from).as_deref(), Ok(to), "{old:?} {new:?}");
    };
    fits(U128, U64, &u128::from(u64::MAX).to_le_bytes(), &u64::MAX.to_le_bytes());
    fits(U64, U128, &u64::MAX.to_le_bytes(), &u128::from(u64::MAX).to_le_bytes());
    fits(I64, I32, &i64::from(i32::MIN).to_le_bytes(), &i32::MIN.to_le_bytes());
    fits(I32, I64, &i32::MIN.to_le_bytes(), &i64::from(i32::MIN).to_le_bytes());
    fits(I32, I64, &(-1_i32).to_le_bytes(), &(-1_i64).to_le_bytes());
    fits(U32, I32, &(i32::MAX as u32).to_le_bytes(), &i32::MAX.to_le_bytes());
    fits(I64, U128, &i64::MAX.to_le_bytes(), &(i64::MAX as u128).to_le_bytes());
    fits(U16, U8, &255_u16.to_le_bytes(), &[255]);
    let misfits = |old, new, from: &[u8], text: &str| {
        let error = convert(value(old), value(new), from).unwrap_err();
        let expected = format!("Item number 4, field value: {text}");
        assert!(error.starts_with(&expected), "{error}");
    };
    let wide = "340282366920938463463374607431768211455 is no unsigned integer of 64 bits";
    misfits(U128, U64, &u128::MAX.to_le_bytes(), wide);
    misfits(I32, U128, &(-1_i32).to_le_bytes(), "-1 is no unsigned integer of 128 bits");
    let least = "-2147483649 is no signed integer of 32 bits";
    misfits(I64, I32, &(i64::from(i32::MIN) - 1).to_le_bytes(), least);
    misfits(U32, I32, &(1_u32 << 31).to_le_bytes(), "2147483648 is no signed integer of 32 bits");
    misfits(U64, I64, &u64::MAX.to_le_bytes(), "18446744073709551615 is no signed integer");
}

#[test]
fn bools_and_enums_and_fixed_bytes_are_kept_or_named() {
    use FieldType::{Bool, EnumU8, FixedBytes, U8, U16};
    let byte = |ty| ("value", ty, 1);
    assert_eq!(convert(byte(Bool), ("value", U16, 2), &[7]), Ok(vec![1, 0]));
    assert_eq!(convert(byte(U8), byte(Bool), &[1]), Ok(vec![1]));
    assert!(convert(byte(U8), byte(Bool), &[2]).unwrap_err().contains("no value for 2"));
    assert_eq!(convert(byte(U8), byte(EnumU8), &[2]), Ok(vec![2]));
    assert!(convert(byte(U8), byte(EnumU8), &[3]).unwrap_err().contains("no value for 3"));
    let fixed = |capacity: u32| ("value", FixedBytes, capacity + 2);
    assert_eq!(convert(fixed(4), fixed(2), &[2, 0, 8, 9]), Ok(vec![2, 0, 8, 9]));
    let error = convert(fixed(4), fixed(2), &[3, 0, 7, 8, 9]).unwrap_err();
    assert!(error.contains("3 bytes do not fit into 2"), "{error}");
    // A length beyond the field, which only a faulty plugin writes.
    let error = convert(fixed(4), fixed(9), &[5, 0, 7, 8, 9]).unwrap_err();
    assert!(error.contains("5 bytes do not fit into 4"), "{error}");
}

#[test]
fn bytes_that_no_field_names_are_kept_or_refused() {
    let old = of(record(1, "Item", &[ID]));
    let mut data = vec![0; 48];
    data[40] = 7;
    let same = {
        let mut item = record(1, "Item", &[ID]);
        item.version = 2;
        of(item)
    };
    assert_eq!(migrate(&old, &same, &data).unwrap(), data);
    let more = of(record(1, "Item", &[ID, ("value", FieldType::U8, 1)]));
    let error = migrate(&old, &more, &data).unwrap_err().to_string();
    assert!(error.starts_with("Item number 4, byte 40: it is not zero"), "{error}");
}

#[test]
fn rules_for_other_schemas_are_refused() {
    let old = of(record(1, "Item", &[ID]));
    let mut long = record(1, "Item", &[ID]);
    long.data_size = 112;
    let rules = rules(&old, &of(long));
    let store = Store::new(Arc::new(old.clone())).unwrap();
    let error = rules.apply(&store, &Arc::new(old)).unwrap_err();
    assert!(matches!(error, MigrationError::OtherSchema), "{error}");
}

#[test]
fn bytes_that_are_no_rules_are_refused_and_never_panic() {
    use FieldType::{Bool, EnumU8, FixedBytes, U8, U32, U64};
    let old = record(
        1,
        "Item",
        &[ID, ("a", U64, 8), ("b", Bool, 1), ("c", FixedBytes, 6), ("d", U8, 1), ("e", U8, 1)],
    );
    let new = record(
        1,
        "Item",
        &[
            ID,
            ("e", U8, 1),
            ("a", U32, 4),
            ("b", U8, 1),
            ("c", FixedBytes, 4),
            ("d", EnumU8, 1),
            ("f", U8, 1),
        ],
    );
    let choices = MigrationChoices {
        defaults: [("Item.f".to_owned(), "9".to_owned())].into(),
        ..MigrationChoices::default()
    };
    let rules = MigrationRules::between(&of(old.clone()), &of(new), &choices).unwrap();
    let bytes = rules.to_bytes();
    assert_eq!(MigrationRules::from_bytes(&bytes).as_ref(), Ok(&rules));
    for len in 0..bytes.len() {
        MigrationRules::from_bytes(&bytes[..len]).unwrap_err();
    }
    MigrationRules::from_bytes(&[&bytes[..], &[0]].concat()).unwrap_err();
    let mut restorer = Restorer::new(Store::new(Arc::new(of(old.clone()))).unwrap());
    restorer.record(RecordKey { kind: 1, sys_id: 1 }, &[1; 48]).unwrap();
    let schema = Arc::new(of(old));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            if let Ok(other) = MigrationRules::from_bytes(&flipped) {
                let _migrated = other.apply(restorer.store(), &schema);
            }
        }
    }
}
