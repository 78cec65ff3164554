//! The second reader carries out the rules of a migration, and finds the same digest.

use std::sync::Arc;

use statevec_abi::{
    abi::RecordKey,
    boundary::RuntimeCommandRef,
    schema::Version,
    txlog::{
        Alignment, Change, EntryEvent, Environment, LogWriter, MigrationEntry, SegmentHeader,
        StateDigest, TransactionEntry,
    },
};
use statevec_abi_alloc::schema::{
    EnumDefinition, EnumVariantDefinition, FieldDefinition, FieldType, RecordDefinition,
    SchemaRegistry,
};
use statevec_host::{
    Store,
    evolution::{MigrationChoices, MigrationRules},
    store::Restorer,
};

use crate::{ours, second_reader, text};

/// Fields with their types and sizes, one after another behind a key and 4 bytes of nothing.
fn schema(version: u8, fields: &[(&'static str, FieldType, u32)], blue: u8) -> SchemaRegistry {
    let field = |index: u32, name: &'static str, ty: FieldType, offset: u32, len: u32| {
        let enum_type_name = (ty == FieldType::EnumU8).then(|| "Color".into());
        let (name, rust_type_name) = (name.into(), ty.name().into());
        let (field_index, immutable) = (index, false);
        FieldDefinition {
            name,
            field_index,
            offset,
            ty,
            len,
            rust_type_name,
            enum_type_name,
            immutable,
        }
    };
    let (mut all, mut offset) = (vec![field(1, "id", FieldType::U64, 0, 8)], 12);
    for (index, (name, ty, len)) in (2..).zip(fields) {
        all.push(field(index, name, *ty, offset, *len));
        offset += len;
    }
    let record = RecordDefinition {
        kind: 1,
        name: "Item".into(),
        is_pk_idx: true,
        support_range_scan: false,
        data_size: 64,
        version: 1,
        has_pk_encoder: true,
        fields: all.into(),
        reserved_fields: (&[]).into(),
        pk_fields: vec!["id".into()].into(),
    };
    let variant = |name: &'static str, discriminant| EnumVariantDefinition {
        name: name.into(),
        discriminant,
    };
    let variants = vec![variant("None", 0), variant("Blue", blue)].into();
    let color = EnumDefinition { name: "Color".into(), variants };
    SchemaRegistry::new(Version::new(version, 0), &[record], &[], &[], &[color]).unwrap()
}

/// A log with a record, a migration by every kind of step, and a change behind it.
fn migrated_log() -> (Vec<u8>, MigrationRules, StateDigest) {
    use FieldType::{Bool, EnumU8, FixedBytes, I32, I64, U8, U16, U32, U64};
    let old = schema(
        1,
        &[("a", I64, 8), ("b", Bool, 1), ("c", FixedBytes, 8), ("d", EnumU8, 1), ("e", U32, 4)],
        3,
    );
    let new = schema(
        2,
        &[
            ("f", U16, 2),
            ("e", U64, 8),
            ("a", I32, 4),
            ("b", U8, 1),
            ("c", FixedBytes, 5),
            ("d", EnumU8, 1),
        ],
        9,
    );
    let choices = MigrationChoices {
        defaults: [("Item.f".to_owned(), "513".to_owned())].into(),
        ..MigrationChoices::default()
    };
    let rules = MigrationRules::between(&old, &new, &choices).unwrap();

    let mut data = vec![0; 64];
    data[..8].copy_from_slice(&7_u64.to_le_bytes());
    data[12..20].copy_from_slice(&(-5_i64).to_le_bytes());
    data[20..34].copy_from_slice(&[1, 3, 0, 8, 9, 10, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff]);
    let key = |sys_id| RecordKey { kind: 1, sys_id };
    let created =
        [Change::Created { key: key(1), data: &data }, Change::CreatedAndDeleted { key: key(2) }];
    let mut restorer = Restorer::new(Store::new(Arc::new(old.clone())).unwrap());
    created.iter().for_each(|change| restorer.apply(&change.into()).unwrap());
    let migrated = rules.apply(restorer.store(), &Arc::new(new.clone())).unwrap();

    let header = SegmentHeader::first(
        "items",
        old.schema_version(),
        old.fingerprints(),
        Environment::default(),
        Alignment::None,
    );
    let mut bytes = vec![0; 1 << 12];
    let mut log = LogWriter::begin(&mut bytes[..], &header).unwrap();
    let command = RuntimeCommandRef::new(1, 1, 0, b"");
    let none = [] as [EntryEvent<'_>; 0];
    log.write(&TransactionEntry::committed(1, &command, 1, none, created, restorer.digest()))
        .unwrap();
    log.write_migration(&MigrationEntry {
        number: 2,
        abi_version: 1,
        schema_version: new.schema_version(),
        fingerprints: new.fingerprints(),
        environment: Environment { config: "color=blue", ..Environment::default() },
        rules: &rules.to_bytes(),
        digest: migrated.digest(),
    })
    .unwrap();
    let data = migrated.store().get(1, 1).unwrap();
    let mut changed = data.to_vec();
    changed[13] = 0xEE;
    let mut digest = migrated.digest();
    let changes = [
        Change::Updated { key: key(1), old: data, new: &changed },
        Change::Created { key: key(3), data },
    ];
    changes.iter().for_each(|change| digest.apply(change));
    let command = RuntimeCommandRef::new(1, 2, 0, b"");
    log.write(&TransactionEntry::committed(3, &command, 2, none, changes, digest)).unwrap();
    let unused = log.into_sink().len();
    bytes.truncate((1 << 12) - unused);
    (bytes, rules, digest)
}

#[test]
fn a_migration_is_carried_out_with_the_same_digests() {
    let (log, rules, digest) = migrated_log();
    let shown = format!("{rules:?}");
    for step in ["Copy", "Number", "Bool", "FixedBytes", "Table", "Constant", "Zero"] {
        assert!(shown.contains(step), "there is no step {step}: {shown}");
    }
    let Some(printed) = second_reader(&log) else { return };
    assert_eq!(text(printed.stderr), "");
    let printed = text(printed.stdout);
    assert_eq!(printed, ours(&log));
    assert!(printed.ends_with(&format!("  digest {digest}\n")), "{printed}");
}
