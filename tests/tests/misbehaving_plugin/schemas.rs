//! Schemas that contradict themselves. Each test changes one place of the plugin's own schema,
//! which is correct.

use std::fmt::Write as _;

use statevec_abi::abi::RuntimeBytesRef;
use statevec_host::{Engine, LoadError};

use crate::{
    library::{open, open_saying, refusal},
    run::assert_goes_on,
};

/// One test for each change: the old text, the new text, and the rule that it breaks.
macro_rules! contradictions {
    ($($name:ident: $from:literal => $to:literal, $rule:literal;)*) => {$(
        #[test]
        fn $name() {
            assert_refused(&changed($from, $to), $rule);
        }
    )*};
}

contradictions! {
    two_records_of_one_kind:
        r#""kind": 2, "name": "Note""# => r#""kind": 1, "name": "Note""#,
        r#"record "Note": kind 1 is taken by "Account""#;
    two_records_of_one_name:
        r#""name": "Note""# => r#""name": "Account""#,
        r#"record "Account": the name is used twice"#;
    record_of_the_reserved_kind:
        r#""kind": 2, "name": "Note""# => r#""kind": 0, "name": "Note""#,
        r#"record "Note": record kind 0 is reserved, use 1 to 255"#;
    record_of_kind_256:
        r#""kind": 2, "name": "Note""# => r#""kind": 256, "name": "Note""#,
        "invalid value: integer `256`, expected u8";
    record_of_kind_minus_1:
        r#""kind": 2, "name": "Note""# => r#""kind": -1, "name": "Note""#,
        "invalid value: integer `-1`, expected u8";
    data_size_0:
        r#""dataSize": 48, "hasPk": true"# => r#""dataSize": 0, "hasPk": true"#,
        r#"record "Account": dataSize is 0, expected 1 to 16777216"#;
    data_size_one_above_the_limit:
        r#""dataSize": 48, "hasPk": true"# => r#""dataSize": 16777217, "hasPk": true"#,
        r#"record "Account": dataSize is 16777217, expected 1 to 16777216"#;
    data_size_of_u32_max:
        r#""dataSize": 48, "hasPk": true"# => r#""dataSize": 4294967295, "hasPk": true"#,
        r#"record "Account": dataSize is 4294967295, expected 1 to 16777216"#;
    data_size_above_u32:
        r#""dataSize": 48, "hasPk": true"# => r#""dataSize": 4294967296, "hasPk": true"#,
        "invalid value: integer `4294967296`, expected u32";
    data_size_smaller_than_its_fields:
        r#""dataSize": 48, "hasPk": true"# => r#""dataSize": 15, "hasPk": true"#,
        r#"record "Account", field "value": offset 8 and size 8 reach beyond dataSize 15"#;
    key_field_that_does_not_exist:
        r#""pkFields": [ "id" ]"# => r#""pkFields": [ "number" ]"#,
        r#"record "Account", field "number": the primary key names it, but no field in use is called so"#;
    key_field_of_another_record:
        r#""pkFields": [ "id" ]"# => r#""pkFields": [ "text" ]"#,
        r#"record "Account", field "text": the primary key names it, but no field in use is called so"#;
    key_field_twice:
        r#""pkFields": [ "id" ]"# => r#""pkFields": [ "id", "id" ]"#,
        r#"record "Account", field "id": the primary key names it twice"#;
    key_without_fields:
        r#""pkFields": [ "id" ]"# => r#""pkFields": [ ]"#,
        r#"record "Account": hasPk is true, but pkFields names 0 fields"#;
    key_fields_without_a_key:
        r#""hasPk": true"# => r#""hasPk": false"#,
        r#"record "Account": hasPk is false, but pkFields names 1 fields"#;
    key_field_of_a_type_without_key_encoding:
        r#""type": "u64", "offset": 0, "size": 8, "immutable": true"#
            => r#""type": "u128", "offset": 16, "size": 16, "immutable": true"#,
        r#"record "Account", field "id": u128 cannot be part of a primary key"#;
    offset_outside_of_the_record:
        r#""offset": 8, "size": 8"# => r#""offset": 41, "size": 8"#,
        r#"record "Account", field "value": offset 41 and size 8 reach beyond dataSize 48"#;
    offset_whose_end_overflows:
        r#""offset": 8, "size": 8"# => r#""offset": 4294967295, "size": 8"#,
        r#"record "Account", field "value": offset 4294967295 and size 8 reach beyond dataSize 48"#;
    fields_that_share_bytes:
        r#""offset": 8, "size": 8"# => r#""offset": 7, "size": 8"#,
        r#"record "Account", field "value": offset 7 lies in "id", which ends at 8"#;
    two_fields_of_one_name:
        r#""name": "value""# => r#""name": "id""#,
        r#"record "Account", field "id": the name is used twice"#;
    two_fields_of_one_index:
        r#""index": 2"# => r#""index": 1"#,
        r#"record "Account", field "value": index 1 follows index 1, indexes must ascend"#;
    field_whose_size_is_not_that_of_its_type:
        r#""offset": 8, "size": 8"# => r#""offset": 8, "size": 4"#,
        r#"record "Account", field "value": u64 takes 8 bytes, not 4 bytes"#;
    field_of_an_unknown_type:
        r#""index": 2, "type": "u64""# => r#""index": 2, "type": "u7""#,
        r#"record "Account", field "value": type "u7" is not known"#;
    field_of_variable_length_in_a_record:
        r#""index": 2, "type": "u64""# => r#""index": 2, "type": "varBytes""#,
        r#"record "Account", field "value": varBytes is for commands and events"#;
    field_of_fixed_bytes_whose_size_overflows:
        r#""index": 2, "type": "u64""# => r#""index": 2, "type": {"fixedBytes": 4294967295}"#,
        r#"record "Account", field "value""#;
    record_without_a_name:
        r#""name": "Note""# => r#""name": """#,
        r#"record "": the name is empty"#;
    key_that_stands_twice_in_the_json:
        r#""dataSize": 48, "hasPk": true"# => r#""dataSize": 48, "dataSize": 64, "hasPk": true"#,
        "duplicate field `dataSize`";
    idl_of_another_version:
        r#""idlVersion": "1.0""# => r#""idlVersion": "2.0""#,
        r#"idlVersion is "2.0", only "1.0" is understood"#;
    fingerprint_that_is_not_hexadecimal:
        r#""records": "2db8"# => r#""records": "2dbg"#,
        "fingerprint of records is";
}

#[test]
fn the_schema_is_in_order_before_it_is_changed() {
    let plugin = open_saying("raw", "schema", of(&in_one_line())).unwrap();
    assert_eq!(plugin.schema().to_idl_json(), open("raw").schema_json());
}

/// A type may be an object, and unknown keys are skipped, however deep: a parser that recursed
/// would run out of stack.
#[test]
fn type_nested_a_million_deep() {
    let nested = format!(r#""index": 2, "type": {}"#, "{\"defined\":".repeat(1_000_000));
    assert_refused(&changed(r#""index": 2, "type": "u64""#, &nested), "expected a string");
}

#[test]
fn unknown_key_nested_a_million_deep_is_skipped() {
    let (open, close) = ("[".repeat(1_000_000), "]".repeat(1_000_000));
    let json = changed(r#""types": [ ]"#, &format!(r#""types": [ ], "later": {open}{close}"#));
    open_saying("raw", "schema", of(&json)).unwrap();
}

/// Names of 1 MiB, in all their places: the error does not grow with them.
#[test]
fn name_of_a_megabyte() {
    let name = format!(r#""name": "{}""#, "n".repeat(1 << 20));
    let text = assert_refused(&changed(r#""name": "Note""#, &name), "the name has 1048576 bytes");
    assert!(text.len() < 512, "{} bytes", text.len());
}

#[test]
fn data_size_at_the_limit_is_taken() {
    let json =
        changed(r#""dataSize": 48, "hasPk": true"#, r#""dataSize": 16777216, "hasPk": true"#);
    let mut engine = Engine::create(&open_saying("raw", "schema", of(&json)).unwrap(), "").unwrap();
    assert_goes_on(&mut engine);
    assert_eq!(engine.store().get(1, 1).unwrap().len(), 16 << 20);
}

/// Fingerprints cannot be computed from the text, so a wrong one is not detected. The records keep
/// their size, and nothing reads beyond them.
#[test]
fn fingerprints_of_another_schema() {
    let mut honest = Engine::create(&open("raw"), "").unwrap();
    assert_goes_on(&mut honest);
    let (before, position) = (honest.store().image(), honest.position());
    let json = changed(r#""dataSize": 48, "hasPk": true"#, r#""dataSize": 4096, "hasPk": true"#);
    let liar = open_saying("raw", "schema", of(&json)).unwrap();
    let mut engine = Engine::with_store(&liar, "", honest.into_store()).unwrap();
    engine.resume_at(position);
    assert_eq!(engine.store().image(), before);
    assert_goes_on(&mut engine);
    assert_eq!(engine.store().get(1, 2).unwrap().len(), 48);
}

/// 255 record kinds of the largest size: nothing is allocated before a record is created.
#[test]
fn as_many_and_as_large_records_as_there_may_be() {
    let mut records = String::new();
    for kind in 3..=255 {
        write!(
            records,
            r#", {{"kind": {kind}, "name": "R{kind}", "version": 1, "dataSize": 16777216, "hasPk": false, "supportRangeScan": false}}"#
        )
        .unwrap();
    }
    let json = changed(r#"] } ], "commands""#, &format!(r#"] }} {records} ], "commands""#));
    let plugin = open_saying("raw", "schema", of(&json)).unwrap();
    assert_eq!(plugin.schema().record_defs().len(), 255);
    assert_goes_on(&mut Engine::create(&plugin, "").unwrap());
}

/// A key of 150,000 fields: comparing each field with each would take hours.
#[test]
fn key_of_as_many_fields_as_fit() {
    const FIELDS: usize = 150_000;
    let (mut names, mut fields) = (String::new(), String::new());
    for field in 0..FIELDS {
        let comma = if field == 0 { "" } else { "," };
        write!(names, r#"{comma}"f{field}""#).unwrap();
        write!(
            fields,
            r#"{comma}{{"name":"f{field}","index":{field},"type":"u8","offset":{field},"size":1,"immutable":false}}"#
        )
        .unwrap();
    }
    let record = format!(
        r#"] }}, {{"kind":3,"name":"Wide","version":1,"dataSize":{FIELDS},"hasPk":true,"supportRangeScan":false,"pkFields":[{names}],"fields":[{fields}]}} ], "commands""#
    );
    let json = changed(r#"] } ], "commands""#, &record);
    let plugin = open_saying("raw", "schema", of(&json)).unwrap();
    assert_eq!(plugin.schema().pk_len(3), Some(FIELDS));
    assert_goes_on(&mut Engine::create(&plugin, "").unwrap());
}

#[track_caller]
fn assert_refused(json: &str, rule: &str) -> String {
    let (error, text) = refusal("raw", "schema", of(json));
    assert!(matches!(error, LoadError::Schema { .. }), "{error:?}");
    assert!(text.starts_with("LIBRARY: the plugin's schema is not valid: "), "{text}");
    assert!(text.contains(rule), "{text}");
    text
}

/// The plugin's schema, with one change.
#[track_caller]
fn changed(from: &str, to: &str) -> String {
    let json = in_one_line();
    assert_eq!(json.matches(from).count(), 1, "{from} in {json}");
    json.replace(from, to)
}

/// The plugin's schema with a single blank for each run of them.
fn in_one_line() -> String {
    open("raw").schema_json().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn of(text: &str) -> RuntimeBytesRef {
    RuntimeBytesRef::from_slice(text.as_bytes())
}
