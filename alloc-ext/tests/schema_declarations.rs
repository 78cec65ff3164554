//! Declared definitions keep the same rules as parsed ones, and a few that schema text cannot
//! break.

use std::borrow::Cow;

use statevec_abi_alloc::schema::{
    CommandDefinition, FieldDefinition, FieldType, PayloadFieldDefinition, RecordDefinition,
    SchemaRegistry, SchemaSection, Version,
};

#[test]
fn reserved_fields_keep_their_place() {
    for (reserved, expected) in [
        (field("id", 3, 20, FieldType::U8), r#"field "id": the name is used twice"#),
        (field("", 3, 20, FieldType::U8), r#"field "": the name is empty"#),
        (field("gone", 2, 20, FieldType::U8), r#"field "gone": index 2 is taken by "label""#),
        (
            field("gone", 3, 17, FieldType::U8),
            r#"field "gone": offset 17 lies in "label", which ends at 18"#,
        ),
        (
            field("gone", 3, 44, FieldType::U64),
            r#"field "gone": offset 44 and size 8 reach beyond dataSize 48"#,
        ),
        (
            field("gone", 3, 20, FieldType::VarBytes),
            r#"field "gone": varBytes is for commands and events"#,
        ),
    ] {
        let mut record = account();
        record.reserved_fields = Cow::Owned(vec![reserved]);
        assert_refused(record, expected);
    }
    let mut record = account();
    record.reserved_fields = Cow::Owned(vec![
        field("later", 4, 20, FieldType::U8),
        field("sooner", 3, 21, FieldType::U8),
    ]);
    assert_refused(record, r#"field "sooner": index 3 follows index 4"#);
}

#[test]
fn a_reserved_field_cannot_be_part_of_a_key() {
    let mut record = account();
    record.reserved_fields = Cow::Owned(vec![field("gone", 3, 20, FieldType::U8)]);
    record.pk_fields = Cow::Borrowed(&[Cow::Borrowed("gone")]);
    assert_refused(record, r#"field "gone": the primary key names it, but no field in use"#);
}

#[test]
fn sizes_and_names_of_a_type_agree() {
    type Change = fn(&mut FieldDefinition);
    let cases: [(Change, &str); 5] = [
        (
            |f| f.len = 9,
            r#"field "label": {"fixedBytes": 8} takes 10 bytes, 2 for its length and 8, not 9"#,
        ),
        (
            |f| f.enum_type_name = Some("Color".into()),
            r#"fixedBytes names the enum "Color", only an enum field may"#,
        ),
        (|f| f.ty = FieldType::EnumU8, "enumU8 takes 1 byte, not 10 bytes"),
        (|f| (f.ty, f.len) = (FieldType::EnumU8, 1), "an enum field must name its enum"),
        (|f| f.rust_type_name = "T".repeat(257).into(), "the name of the type has 257 bytes"),
    ];
    for (change, expected) in cases {
        let mut record = account();
        change(&mut record.fields.to_mut()[1]);
        assert_refused(record, expected);
    }
    let mut record = account();
    record.fields.to_mut()[1].rust_type_name = "Label".into();
    assert!(SchemaRegistry::with_records(Version::new(1, 0), &[record]).is_ok());
}

#[test]
fn payload_sizes_are_set_exactly_where_they_are_fixed() {
    for (ty, size, expected) in [
        (FieldType::U64, None, "u64 takes 8 bytes, not a varying number of bytes"),
        (FieldType::U64, Some(16), "u64 takes 8 bytes, not 16 bytes"),
        (FieldType::VarBytes, Some(2), "varBytes takes a varying number of bytes, not 2 bytes"),
        (FieldType::FixedBytes, None, "2 to 65537 bytes, not a varying number of bytes"),
    ] {
        let command = CommandDefinition {
            kind: 1,
            name: "Open".into(),
            version: 1,
            fields: Cow::Owned(vec![PayloadFieldDefinition {
                name: "value".into(),
                field_index: 1,
                ty,
                rust_type_name: ty.name().into(),
                enum_type_name: None,
                fixed_size: size,
            }]),
        };
        let error = SchemaRegistry::new(Version::new(1, 0), &[], &[command], &[], &[]).unwrap_err();
        assert_eq!(error.to_string(), format!("command \"Open\", field \"value\": {}", error.rule));
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn duplicates_are_errors_where_the_published_registry_panics() {
    let mut other = account();
    other.name = "Other".into();
    let error = SchemaRegistry::with_records(Version::new(1, 0), &[account(), other]).unwrap_err();
    assert_eq!(error.section, SchemaSection::Records);
    assert_eq!(error.to_string(), r#"record "Other": kind 1 is taken by "Account""#);
}

fn assert_refused(record: RecordDefinition, expected: &str) {
    let Err(error) = SchemaRegistry::with_records(Version::new(1, 0), &[record]) else {
        panic!("accepted, expected: {expected}")
    };
    assert_eq!((error.section, &*error.item), (SchemaSection::Records, "Account"));
    assert!(error.to_string().contains(expected), "{error}\n{expected}");
}

fn account() -> RecordDefinition {
    RecordDefinition {
        kind: 1,
        name: Cow::Borrowed("Account"),
        is_pk_idx: true,
        support_range_scan: false,
        data_size: 48,
        version: 1,
        has_pk_encoder: true,
        fields: Cow::Owned(vec![
            field("id", 1, 0, FieldType::U64),
            FieldDefinition {
                len: 10,
                rust_type_name: Cow::Borrowed("FixedBytes < 8 >"),
                ..field("label", 2, 8, FieldType::FixedBytes)
            },
        ]),
        reserved_fields: Cow::Borrowed(&[]),
        pk_fields: Cow::Borrowed(&[Cow::Borrowed("id")]),
    }
}

fn field(name: &'static str, field_index: u32, offset: u32, ty: FieldType) -> FieldDefinition {
    FieldDefinition {
        name: Cow::Borrowed(name),
        field_index,
        offset,
        ty,
        len: ty.fixed_size().unwrap_or(2),
        rust_type_name: Cow::Borrowed(ty.name()),
        enum_type_name: None,
        immutable: false,
    }
}
