//! The class of each change of a schema.

use std::slice;

use statevec_abi_alloc::schema::{FieldType, PayloadDefinition, SchemaRegistry, Version};
use statevec_host::evolution::{
    Compatibility::{self, Compatible, NeedsMigration, Refused},
    compare, compatibility,
};

use crate::build::{Field, ID, color, field, payload, record, schema};

/// The changes in words, one per line, and their class.
fn changes(old: &SchemaRegistry, new: &SchemaRegistry) -> (Compatibility, String) {
    let changes = compare(old, new);
    let lines: Vec<_> = changes.iter().map(ToString::to_string).collect();
    (compatibility(&changes), lines.join("\n"))
}

/// The class of a field's change of type, in a record that has another field behind it.
fn retyped(old: Field, new: Field) -> Compatibility {
    let with = |field: Field| schema(&[record(1, "Item", &[ID, field])], &[]);
    let (class, text) = changes(&with(old), &with(new));
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("field Item.value: "), "{text}");
    class
}

fn commands(commands: &[PayloadDefinition]) -> SchemaRegistry {
    SchemaRegistry::new(Version::new(1, 0), &[], commands, &[], &[]).unwrap()
}

#[test]
fn same_schema_has_no_changes() {
    let item = schema(&[record(1, "Item", &[ID])], &[color(&[("Red", 1)])]);
    assert_eq!(changes(&item, &item), (Compatible, String::new()));
}

#[test]
fn schemas_that_differ_in_fingerprints_only_are_told_apart() {
    let mut item = record(1, "Item", &[ID]);
    let old = schema(&[item.clone()], &[]);
    item.reserved_fields = vec![field(9, "room", FieldType::U64, 40, 8)].into();
    let (class, text) = changes(&old, &schema(&[item], &[]));
    assert_eq!(class, Compatible);
    assert!(text.starts_with("the fingerprints (compatible: the texts are alike"), "{text}");
}

#[test]
fn integers_that_always_fit_are_compatible() {
    use FieldType::{Bool, EnumU8, I32, I64, U8, U16, U32, U64, U128};
    let types = [
        (U8, 1),
        (U16, 2),
        (U32, 4),
        (U64, 8),
        (U128, 16),
        (I32, 4),
        (I64, 8),
        (Bool, 1),
        (EnumU8, 1),
    ];
    let fits = [
        (U8, &[U16, U32, U64, U128, I32, I64, EnumU8][..]),
        (U16, &[U32, U64, U128, I32, I64]),
        (U32, &[U64, U128, I64]),
        (U64, &[U128]),
        (I32, &[I64]),
        (Bool, &[U8, U16, U32, U64, U128, I32, I64]),
        (EnumU8, &[U8, U16, U32, U64, U128, I32, I64]),
    ];
    for (old, old_len) in types {
        for (new, new_len) in types {
            if old == new {
                continue;
            }
            let always = fits.iter().any(|(from, to)| *from == old && to.contains(&new));
            let never = matches!(new, Bool | EnumU8) && !matches!(old, U8 | EnumU8);
            let expected = match (always, never) {
                (_, true) => Refused,
                (true, _) => Compatible,
                _ => NeedsMigration,
            };
            let class = retyped(("value", old, old_len), ("value", new, new_len));
            assert_eq!(class, expected, "{old:?} to {new:?}");
        }
    }
}

#[test]
fn fixed_bytes_are_compatible_with_more_room_only() {
    let bytes = |len: u32| ("value", FieldType::FixedBytes, len + 2);
    assert_eq!(retyped(bytes(8), bytes(9)), Compatible);
    assert_eq!(retyped(bytes(8), bytes(7)), NeedsMigration);
    assert_eq!(retyped(bytes(8), ("value", FieldType::U64, 8)), Refused);
}

#[test]
fn new_and_moved_fields_are_compatible() {
    let (old, new) = (
        schema(&[record(1, "Item", &[ID, ("value", FieldType::U32, 4)])], &[]),
        schema(
            &[record(1, "Item", &[ID, ("shelf", FieldType::U8, 1), ("value", FieldType::U32, 4)])],
            &[],
        ),
    );
    let expected = "\
field Item.shelf: new, u8 at byte 8 (compatible: zero in old records, or a stated default)
field Item.value: u32 at byte 8, then u32 at byte 9 (compatible: every value carries over)";
    assert_eq!(changes(&old, &new), (Compatible, expected.into()));
    let (class, text) = changes(&new, &old);
    assert_eq!(class, NeedsMigration);
    assert!(text.contains("field Item.shelf: u8 at byte 8, then gone (needs migration"), "{text}");
}

#[test]
fn other_key_is_checked_unless_it_has_the_old_one() {
    let keyed = |key: &[&'static str]| {
        let mut item = record(1, "Item", &[ID, ("shop", FieldType::U8, 1)]);
        item.is_pk_idx = !key.is_empty();
        item.has_pk_encoder = item.is_pk_idx;
        item.pk_fields = key.iter().map(|name| (*name).into()).collect::<Vec<_>>().into();
        schema(&[item], &[])
    };
    for (old, new, expected) in [
        (&["id"][..], &["shop", "id"][..], Compatible),
        (&["id"], &[], Compatible),
        (&["id"], &["shop"], NeedsMigration),
        (&["id", "shop"], &["id"], NeedsMigration),
        (&[], &["id"], NeedsMigration),
    ] {
        let (class, text) = changes(&keyed(old), &keyed(new));
        assert_eq!(class, expected, "{text}");
        assert!(text.starts_with("record Item: "), "{text}");
    }
}

#[test]
fn kind_of_another_record_is_refused() {
    let item = record(1, "Item", &[ID]);
    let old = schema(slice::from_ref(&item), &[]);
    let (class, text) = changes(&old, &schema(&[record(2, "Item", &[ID])], &[]));
    assert_eq!(class, NeedsMigration);
    assert!(text.contains("record Item: kind 1, then kind 2"), "{text}");
    let (class, text) = changes(&old, &schema(&[record(1, "Other", &[ID])], &[]));
    assert_eq!(class, Refused);
    assert!(text.contains("record Other: kind 1 belonged to Item, then kind 1"), "{text}");
    let (class, text) = changes(&old, &schema(&[item, record(2, "Other", &[ID])], &[]));
    assert_eq!((class, text.lines().count()), (Compatible, 1), "{text}");
}

#[test]
fn variants_are_matched_by_name_and_then_by_value() {
    let with = |variants| schema(&[], &[color(variants)]);
    let old = with(&[("Red", 1), ("Blue", 2)]);
    let more = with(&[("Red", 1), ("Blue", 2), ("Green", 3)]);
    assert_eq!(changes(&old, &more).0, Compatible);
    for (new, expected) in [
        (with(&[("Red", 1)]), "variant Color::Blue: value 2, then gone"),
        (with(&[("Red", 1), ("Blue", 5)]), "variant Color::Blue: value 2, then value 5"),
        (with(&[("Red", 1), ("Azure", 2)]), "variant Color::Blue: value 2, then value 2 as Azure"),
    ] {
        let (class, text) = changes(&old, &new);
        assert_eq!((class, text.lines().count()), (NeedsMigration, 1), "{text}");
        assert!(text.starts_with(expected), "{text}");
    }
    let swapped = changes(&old, &with(&[("Red", 2), ("Blue", 1)])).1;
    assert!(swapped.contains("Red: value 1, then value 2"), "{swapped}");
    assert!(swapped.contains("Blue: value 2, then value 1"), "{swapped}");
}

#[test]
fn changed_command_needs_its_senders_to_change() {
    let put = payload(1, "Put", &[("id", FieldType::U64)]);
    let old = commands(slice::from_ref(&put));
    let take = payload(2, "Take", &[("id", FieldType::U64)]);
    assert_eq!(changes(&old, &commands(&[put, take])).0, Compatible);
    for (new, class, expected) in [
        (
            payload(1, "Put", &[("id", FieldType::U64), ("pieces", FieldType::U8)]),
            NeedsMigration,
            "command field Put.pieces: new, u8, number 2 (needs migration: senders must change",
        ),
        (
            payload(1, "Put", &[("id", FieldType::U32)]),
            NeedsMigration,
            "command field Put.id: u64, number 1, then u32, number 1",
        ),
        (
            payload(2, "Put", &[("id", FieldType::U64)]),
            NeedsMigration,
            "command Put: kind 1, then kind 2",
        ),
        (
            payload(1, "Store", &[("id", FieldType::U64)]),
            NeedsMigration,
            "command Put: kind 1, then kind 1 as Store",
        ),
        (
            payload(1, "Store", &[("id", FieldType::U8)]),
            Refused,
            "command Put: kind 1, then kind 1 as Store (refused: its kind belongs to other fields",
        ),
    ] {
        let (found, text) = changes(&old, &commands(&[new]));
        assert_eq!((found, text.lines().count()), (class, 1), "{text}");
        assert!(text.starts_with(expected), "{text}");
    }
}

#[test]
fn lower_version_is_no_compatible_change() {
    let of = |version| SchemaRegistry::new(version, &[], &[], &[], &[]).unwrap();
    let (old, new) = (of(Version::new(1, 200)), of(Version::new(2, 0)));
    assert_eq!(changes(&old, &new).0, Compatible);
    assert_eq!(changes(&new, &old).0, NeedsMigration);
}

#[test]
fn changes_are_json_for_programs() {
    let (old, new) = (schema(&[], &[]), schema(&[record(1, "Item", &[ID])], &[]));
    let json = serde_json::to_string(&compare(&old, &new)).unwrap();
    let expected = r#"[{"part":"record Item","old":null,"new":"kind 1 with 48 bytes","class":"compatible","effect":"there are no records of it yet"}]"#;
    assert_eq!(json, expected);
}
