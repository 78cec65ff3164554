//! The schema constant.

use statevec_abi::schema::{Fingerprints, Version};
use statevec_abi::typed::EnumU8;
use statevec_fixtures::declared::{SCHEMA, Side};

/// The text that the published macros print for the same declarations.
const GOLDEN: &str = include_str!("golden.json");

statevec_abi::schema! {
    /// No list but the version.
    const EMPTY = { version: "0.1" };
}

#[test]
fn the_json_is_the_published_one_byte_for_byte() {
    const JSON: &str = SCHEMA.json;
    assert_eq!(JSON, GOLDEN);
}

#[test]
fn lists_declared_out_of_order_come_out_sorted() {
    assert!(SCHEMA.def.records.is_sorted_by_key(|def| def.kind));
    assert!(SCHEMA.def.commands.is_sorted_by_key(|def| def.kind));
    assert!(SCHEMA.def.events.is_sorted_by_key(|def| def.kind));
    assert!(SCHEMA.def.types.is_sorted_by_key(|def| def.name));
    assert_eq!(SCHEMA.def.commands.len(), 3);
}

#[test]
fn every_definition_carries_the_version_of_the_schema() {
    assert_eq!(SCHEMA.version(), Version::new(2, 7));
    let packed = Version::new(2, 7).packed();
    assert!(SCHEMA.def.records.iter().all(|def| def.version == packed));
    assert!(SCHEMA.def.commands.iter().all(|def| def.version == packed));
    assert!(SCHEMA.def.events.iter().all(|def| def.version == packed));
}

#[test]
fn a_schema_may_be_empty() {
    assert_eq!(EMPTY.fingerprints, Fingerprints::of(EMPTY.def));
    assert!(EMPTY.json.contains("\"minor\": 1\n"), "{}", EMPTY.json);
}

#[test]
fn an_unknown_enum_byte_is_an_error_with_the_name_and_the_byte() {
    assert_eq!(Side::try_from(2), Ok(Side::Sell));
    assert_eq!(u8::from(Side::Sell), 2);
    let error = Side::try_from_u8(3).unwrap_err();
    assert_eq!(error.to_string(), "3 is no value of Side");
    // A byte that the check did not accept gives some variant, and no panic.
    assert_eq!(Side::from_checked_u8(3), Side::Buy);
}
