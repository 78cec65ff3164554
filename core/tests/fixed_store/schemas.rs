//! Schemas that do not fit the memory, or contradict themselves.

use statevec_abi::{
    fixed_store::{FixedMemory, FixedStore, FixedStoreError, record_size},
    schema::{FieldDef, FieldType, RecordDef, SchemaDef, Version},
};

const FIELD: FieldDef<'static> = FieldDef {
    name: "id",
    field_index: 1,
    offset: 0,
    ty: FieldType::U64,
    len: 8,
    rust_type_name: "u64",
    enum_type_name: None,
    immutable: true,
};

const RECORD: RecordDef<'static> = RecordDef {
    kind: 1,
    name: "Thing",
    has_pk: true,
    support_range_scan: false,
    data_size: 16,
    version: 1,
    has_pk_encoder: true,
    fields: &[FIELD],
    reserved_fields: &[],
    pk_fields: &["id"],
};

/// The error for these records in a memory for two kinds of 40 bytes.
fn error(records: &[RecordDef<'_>]) -> Option<String> {
    let schema =
        SchemaDef { version: Version::new(1, 0), types: &[], records, commands: &[], events: &[] };
    let mut memory: FixedMemory<1, 40, 0, 0, 2> = FixedMemory::new();
    let store = FixedStore::new(&schema, &mut memory);
    store.err().map(|error: FixedStoreError<'_>| error.to_string())
}

fn with_field(field: FieldDef<'_>) -> Option<String> {
    error(&[RecordDef { fields: &[field], ..RECORD }])
}

#[test]
fn schema_that_fits_is_taken() {
    assert_eq!(error(&[RECORD, RecordDef { kind: 255, ..RECORD }]), None);
    assert_eq!(error(&[]), None);
}

#[test]
fn more_kinds_than_the_memory_counts() {
    let records = [1, 2, 3].map(|kind| RecordDef { kind, ..RECORD });
    let text = "the schema has 3 record kinds, but the memory is for 2: enlarge its KINDS";
    assert_eq!(error(&records).as_deref(), Some(text));
}

#[test]
fn kinds_out_of_order() {
    let text = "record Thing is out of order: kinds ascend from 1, and none stands twice";
    for kinds in [[0, 1], [2, 1], [1, 1]] {
        let records = kinds.map(|kind| RecordDef { kind, ..RECORD });
        assert_eq!(error(&records).as_deref(), Some(text), "{kinds:?}");
    }
}

#[test]
fn record_larger_than_the_memorys() {
    let text = "record Thing takes 41 bytes with its key, but the memory has 40 for each: enlarge its RECORD_SIZE";
    assert_eq!(error(&[RecordDef { data_size: 33, ..RECORD }]).as_deref(), Some(text));
}

#[test]
fn field_that_cannot_be_where_it_is() {
    let text = "field Thing.id does not lie in its record, or is not as long as its type";
    let fixed_bytes = FieldDef { ty: FieldType::FixedBytes, ..FIELD };
    for field in [
        FieldDef { offset: 9, ..FIELD },
        FieldDef { offset: u32::MAX, ..FIELD },
        FieldDef { len: 7, ..FIELD },
        FieldDef { len: 1, ..fixed_bytes },
        FieldDef { len: 17, ..fixed_bytes },
        FieldDef { ty: FieldType::VarBytes, ..FIELD },
    ] {
        assert_eq!(with_field(field).as_deref(), Some(text), "{field:?}");
    }
}

#[test]
fn key_of_a_field_that_cannot_be_one() {
    let text = "the primary key of Thing names id, which is no field of a type that a key can have";
    let wide = FieldDef { ty: FieldType::U128, len: 16, ..FIELD };
    assert_eq!(with_field(wide).as_deref(), Some(text));
    assert_eq!(with_field(FieldDef { name: "other", ..FIELD }).as_deref(), Some(text));
}

#[test]
fn key_of_no_field() {
    let text = "Thing has a primary key, but the key names no field";
    assert_eq!(error(&[RecordDef { pk_fields: &[], ..RECORD }]).as_deref(), Some(text));
    assert_eq!(error(&[RecordDef { has_pk: false, pk_fields: &[], ..RECORD }]), None);
}

#[test]
fn record_size_counts_the_data_and_the_key_of_the_largest_record() {
    let of = |records: &[RecordDef<'_>]| {
        let version = Version::new(1, 0);
        record_size(&SchemaDef { version, types: &[], records, commands: &[], events: &[] })
    };
    assert_eq!(of(&[]), 0);
    assert_eq!(of(&[RECORD, RecordDef { data_size: 23, pk_fields: &[], ..RECORD }]), 24);
}
