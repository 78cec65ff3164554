//! The golden file and the fingerprints in it were printed by the published implementation for the
//! same definitions.

use super::super::{EnumVariantDef, Version};
use super::*;

const GOLDEN: &str = include_str!("golden.json");

const EVERYTHING: SchemaDef<'static> = SchemaDef {
    version: Version::new(1, 2),
    types: &[
        EnumDef {
            name: "Currency",
            variants: &[
                EnumVariantDef { name: "Eur", discriminant: 0 },
                EnumVariantDef { name: "Usd", discriminant: 255 },
            ],
        },
        EnumDef { name: "Nothing", variants: &[] },
    ],
    records: &[
        RecordDef {
            kind: 1,
            name: "Account",
            has_pk: true,
            support_range_scan: false,
            data_size: 48,
            version: 513,
            has_pk_encoder: false,
            fields: &[
                record_field("id", 1, 0, FieldType::U64, 8, "u64", true),
                record_field("open", 2, 8, FieldType::Bool, 1, "bool", false),
                record_field("name", 4, 13, FieldType::FixedBytes, 14, "FixedBytes < 12 >", true),
                FieldDef {
                    enum_type_name: Some("deep :: Currency"),
                    ..record_field("money", 5, 27, FieldType::EnumU8, 1, "deep :: Currency", false)
                },
            ],
            reserved_fields: &[record_field("spare", 3, 9, FieldType::U32, 4, "u32", false)],
            pk_fields: &["id", "name"],
        },
        RecordDef {
            kind: 200,
            name: "Bare",
            has_pk: false,
            support_range_scan: true,
            data_size: u32::MAX,
            version: 513,
            has_pk_encoder: false,
            fields: &[],
            reserved_fields: &[],
            pk_fields: &[],
        },
    ],
    commands: &[PayloadDef {
        kind: 7,
        name: "A \"quoted\\\" name\n\r\t\u{1}\u{7f}\u{85}é",
        version: 513,
        fields: &[
            payload_field("text", 1, FieldType::VarBytes, "VarBytes", None),
            payload_field("odd", 2, FieldType::FixedBytes, "Label", Some(34)),
            payload_field("named", 3, FieldType::FixedBytes, "FixedBytes<7>", Some(34)),
            payload_field("sizeless", 4, FieldType::FixedBytes, "Label", None),
            payload_field("nameless", 5, FieldType::EnumU8, "Currency", Some(1)),
            payload_field("wide", 6, FieldType::U128, "u128", Some(16)),
            payload_field("low", 7, FieldType::I32, "i32", Some(4)),
            payload_field("lower", 8, FieldType::I64, "i64", Some(8)),
            payload_field("small", 9, FieldType::U8, "u8", Some(1)),
            payload_field("short", 10, FieldType::U16, "u16", Some(2)),
        ],
    }],
    events: &[PayloadDef { kind: 255, name: "Silence", version: 513, fields: &[] }],
};

const EMPTY: SchemaDef<'static> = SchemaDef {
    version: Version::new(0, 255),
    types: &[],
    records: &[],
    commands: &[],
    events: &[],
};

const fn record_field(
    name: &'static str,
    field_index: u32,
    offset: u32,
    ty: FieldType,
    len: u32,
    rust_type_name: &'static str,
    immutable: bool,
) -> FieldDef<'static> {
    FieldDef { name, field_index, offset, ty, len, rust_type_name, enum_type_name: None, immutable }
}

const fn payload_field(
    name: &'static str,
    field_index: u32,
    ty: FieldType,
    rust_type_name: &'static str,
    fixed_size: Option<u32>,
) -> PayloadFieldDef<'static> {
    PayloadFieldDef { name, field_index, ty, rust_type_name, enum_type_name: None, fixed_size }
}

#[test]
fn every_type_and_escape_prints_as_published() {
    const LEN: usize = json_len(&EVERYTHING, &Fingerprints::of(&EVERYTHING));
    const JSON: [u8; LEN] = {
        let mut out = [0; LEN];
        write_json(&EVERYTHING, &Fingerprints::of(&EVERYTHING), &mut out);
        out
    };
    assert_eq!(core::str::from_utf8(&JSON), Ok(GOLDEN));
}

#[test]
fn empty_lists_close_on_a_line_of_their_own() {
    let mut out = [b'#'; 1024];
    let len = write_json(&EMPTY, &Fingerprints::of(&EMPTY), &mut out);
    let hash = "25232284e49cf2cbe49cf2cb25232284";
    let (before, after) = GOLDEN.split_at(GOLDEN.find("\"schemaVersion\"").unwrap());
    assert!(after.starts_with("\"schemaVersion\": {\n"));
    let text = core::str::from_utf8(&out[..len]).unwrap();
    assert!(text.starts_with(before), "{text}");
    assert!(text.contains("\"minor\": 255\n"), "{text}");
    assert_eq!(text.matches(hash).count(), 4, "{text}");
    assert!(
        text.ends_with(
            "  },\n  \"types\": [\n  ],\n  \"records\": [\n  ],\n  \"commands\": [\n  ],\n  \"events\": [\n  ]\n}\n"
        ),
        "{text}"
    );
    assert_eq!(out[len], b'#', "bytes behind the JSON stay");
}

#[test]
fn a_buffer_that_is_too_short_gets_the_beginning_and_the_whole_length() {
    let fingerprints = Fingerprints::of(&EVERYTHING);
    for room in [0, 1, 2, 17, GOLDEN.len() - 1] {
        let mut out = [b'#'; 8192];
        let written = write_json(&EVERYTHING, &fingerprints, &mut out[..room]);
        assert_eq!(written, GOLDEN.len());
        assert_eq!(&out[..room], &GOLDEN.as_bytes()[..room]);
    }
}
