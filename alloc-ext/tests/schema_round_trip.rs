//! Schema text that the published crates wrote is read and written again without a difference.

use std::borrow::Cow;

use statevec_abi::schema as borrowed;
use statevec_abi_alloc::schema::{
    CommandDefinition, EnumDefinition, EnumVariantDefinition, FieldDefinition, FieldType,
    PayloadFieldDefinition, RecordDefinition, SchemaRegistry, Version,
};

const MACRO_MADE: &str = include_str!("schemas/macro_made.json");
const HAND_WRITTEN: &str = include_str!("schemas/hand_written.json");
const EMPTY: &str = include_str!("schemas/empty.json");

#[test]
fn published_text_survives_reading_and_writing() {
    for text in [MACRO_MADE, HAND_WRITTEN, EMPTY] {
        let registry = SchemaRegistry::from_idl_bytes(text.as_bytes()).unwrap();
        assert_eq!(registry.to_idl_json(), text);
        let again = SchemaRegistry::from_idl_json(&registry.to_idl_json()).unwrap();
        assert_eq!(again, registry);
    }
}

#[test]
fn declared_definitions_give_the_published_text_and_fingerprints() {
    let declared = SchemaRegistry::new(
        Version::new(0, 255),
        &[CROOKED, PLAIN],
        &[ZERO],
        &[],
        &[EMPTY_ENUM, ALL],
    )
    .unwrap();
    assert_eq!(declared.to_idl_json(), HAND_WRITTEN);
    let parsed = SchemaRegistry::from_idl_json(HAND_WRITTEN).unwrap();
    assert_eq!(declared.identity(), parsed.identity());
    assert_ne!(declared, parsed, "reserved fields are not in the text");

    let empty = SchemaRegistry::with_records(Version::new(0, 0), &[]).unwrap();
    assert_eq!(empty.to_idl_json(), EMPTY);
}

#[test]
fn borrowed_definitions_make_the_same_registry_as_owned_ones() {
    const FIELD: borrowed::FieldDef<'static> = borrowed::FieldDef {
        name: "on",
        field_index: 1,
        offset: 0,
        ty: FieldType::Bool,
        len: 1,
        rust_type_name: "bool",
        enum_type_name: None,
        immutable: false,
    };
    const SCHEMA: borrowed::SchemaDef<'static> = borrowed::SchemaDef {
        version: Version::new(0, 255),
        types: &[borrowed::EnumDef {
            name: "All",
            variants: &[
                borrowed::EnumVariantDef { name: "Last", discriminant: 255 },
                borrowed::EnumVariantDef { name: "First", discriminant: 0 },
            ],
        }],
        records: &[borrowed::RecordDef {
            kind: 1,
            name: PLAIN_NAME,
            has_pk: true,
            support_range_scan: false,
            data_size: 1,
            version: 0,
            has_pk_encoder: true,
            fields: &[FIELD],
            reserved_fields: &[],
            pk_fields: &["on"],
        }],
        commands: &[borrowed::PayloadDef {
            kind: 0,
            name: "Zero",
            version: 65535,
            fields: &[
                borrowed::PayloadFieldDef {
                    name: "rest",
                    field_index: 3,
                    ty: FieldType::VarBytes,
                    rust_type_name: "VarBytes",
                    enum_type_name: None,
                    fixed_size: None,
                },
                borrowed::PayloadFieldDef {
                    name: "label",
                    field_index: 8,
                    ty: FieldType::FixedBytes,
                    rust_type_name: "Label",
                    enum_type_name: None,
                    fixed_size: Some(65537),
                },
            ],
        }],
        events: &[],
    };
    assert_eq!(
        SchemaRegistry::from_def(&SCHEMA),
        SchemaRegistry::new(Version::new(0, 255), &[PLAIN], &[ZERO], &[], &[ALL])
    );
}

#[test]
fn absent_sections_and_unknown_keys_are_no_error() {
    let text = EMPTY
        .replace("  \"types\": [\n  ],\n", "  \"later\": {\"a\": [1, null, 2e9]},\n")
        .replace(",\n  \"events\": [\n  ]", "");
    assert_ne!(text, EMPTY);
    let registry = SchemaRegistry::from_idl_json(&text).unwrap();
    assert_eq!(registry.to_idl_json(), EMPTY);
}

#[test]
fn upper_case_fingerprints_are_read() {
    let hash = "25232284e49cf2cbe49cf2cb25232284";
    let text = EMPTY.replace(hash, &hash.to_uppercase());
    assert_ne!(text, EMPTY);
    let registry = SchemaRegistry::from_idl_json(&text).unwrap();
    assert_eq!(registry.to_idl_json(), EMPTY);
}

#[test]
fn a_parsed_registry_keeps_the_fingerprints_of_its_text() {
    let text = EMPTY.replacen("25232284", "00000001", 1);
    let registry = SchemaRegistry::from_idl_json(&text).unwrap();
    assert_eq!(registry.record_schema_fingerprint()[..4], [0, 0, 0, 1]);
    assert_eq!(registry.to_idl_json(), text);
}

#[test]
fn definitions_are_found_by_kind_and_by_name_and_listed_in_order() {
    let registry = SchemaRegistry::from_idl_json(MACRO_MADE).unwrap();
    assert_eq!(registry.schema_version(), Version::new(1, 2));

    let kinds: Vec<_> = registry.record_defs().map(|def| def.kind).collect();
    assert_eq!(kinds, [2, 7, 255]);
    let record = registry.try_get(7).unwrap();
    assert_eq!(registry.try_get_by_name("EveryKey"), Some(record));
    assert_eq!(record.field_by_name("big").unwrap().ty, FieldType::I64);
    assert_eq!(record.field_by_name("absent"), None);
    assert_eq!(registry.try_get(8), None);
    assert_eq!(registry.try_get_by_name("Place"), None);

    let commands: Vec<_> = registry.command_defs().map(|def| &*def.name).collect();
    assert_eq!(commands, ["Tick", "Place"]);
    let command = registry.try_get_command(2).unwrap();
    assert_eq!(registry.try_get_command_by_name("Place"), Some(command));
    assert_eq!(command.field_by_name("note").unwrap().fixed_size, None);
    assert_eq!(registry.try_get_command(3), None);

    let event = registry.try_get_event(200).unwrap();
    assert_eq!(registry.try_get_event_by_name("Placed"), Some(event));
    assert_eq!(registry.event_defs().len(), 1);
    assert_eq!(registry.try_get_event(2), None);

    let enums: Vec<_> = registry.enum_defs().map(|def| &*def.name).collect();
    assert_eq!(enums, ["Side", "Status"]);
    let side = registry.try_get_enum("Side").unwrap();
    assert_eq!(side.variant_by_value(2).unwrap().name, "Sell");
    assert_eq!(side.variant_by_name("Buy").unwrap().discriminant, 1);
    assert_eq!(side.variant_by_value(3), None);
    assert_eq!(registry.try_get_enum("deep :: Far"), None);
}

const PLAIN_NAME: &str = "A \"quoted\\\" name\n\r\t\u{1}\u{7f}\u{85}é";

const PLAIN: RecordDefinition = RecordDefinition {
    kind: 1,
    name: Cow::Borrowed(PLAIN_NAME),
    is_pk_idx: true,
    support_range_scan: false,
    data_size: 1,
    version: 0,
    has_pk_encoder: true,
    fields: Cow::Borrowed(&[field("on", 1, 0, FieldType::Bool, 1, "bool")]),
    reserved_fields: Cow::Borrowed(&[]),
    pk_fields: Cow::Borrowed(&[Cow::Borrowed("on")]),
};

const CROOKED: RecordDefinition = RecordDefinition {
    kind: 3,
    name: Cow::Borrowed("Crooked"),
    is_pk_idx: true,
    support_range_scan: true,
    data_size: 25,
    version: 9,
    has_pk_encoder: false,
    fields: Cow::Borrowed(&[
        field("back", 0, 17, FieldType::U64, 8, "u64"),
        FieldDefinition {
            name: Cow::Borrowed("mode"),
            field_index: 4,
            offset: 0,
            ty: FieldType::EnumU8,
            len: 1,
            rust_type_name: Cow::Borrowed("Absent"),
            enum_type_name: Some(Cow::Borrowed("Absent")),
            immutable: false,
        },
        field("label", 9, 1, FieldType::FixedBytes, 6, "Label"),
    ]),
    reserved_fields: Cow::Borrowed(&[
        field("hole", 5, 7, FieldType::U16, 2, "u16"),
        field("hole2", 6, 9, FieldType::U64, 8, "u64"),
    ]),
    pk_fields: Cow::Borrowed(&[Cow::Borrowed("label"), Cow::Borrowed("back")]),
};

const ZERO: CommandDefinition = CommandDefinition {
    kind: 0,
    name: Cow::Borrowed("Zero"),
    version: 65535,
    fields: Cow::Borrowed(&[
        PayloadFieldDefinition {
            name: Cow::Borrowed("rest"),
            field_index: 3,
            ty: FieldType::VarBytes,
            rust_type_name: Cow::Borrowed("VarBytes"),
            enum_type_name: None,
            fixed_size: None,
        },
        PayloadFieldDefinition {
            name: Cow::Borrowed("label"),
            field_index: 8,
            ty: FieldType::FixedBytes,
            rust_type_name: Cow::Borrowed("Label"),
            enum_type_name: None,
            fixed_size: Some(65537),
        },
    ]),
};

const EMPTY_ENUM: EnumDefinition =
    EnumDefinition { name: Cow::Borrowed("Empty"), variants: Cow::Borrowed(&[]) };

const ALL: EnumDefinition = EnumDefinition {
    name: Cow::Borrowed("All"),
    variants: Cow::Borrowed(&[
        EnumVariantDefinition { name: Cow::Borrowed("Last"), discriminant: 255 },
        EnumVariantDefinition { name: Cow::Borrowed("First"), discriminant: 0 },
    ]),
};

const fn field(
    name: &'static str,
    field_index: u32,
    offset: u32,
    ty: FieldType,
    len: u32,
    rust_type_name: &'static str,
) -> FieldDefinition {
    FieldDefinition {
        name: Cow::Borrowed(name),
        field_index,
        offset,
        ty,
        len,
        rust_type_name: Cow::Borrowed(rust_type_name),
        enum_type_name: None,
        immutable: false,
    }
}
