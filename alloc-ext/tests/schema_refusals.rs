//! Schema text that breaks a rule is refused with an error that names the place and the rule.

use std::error::Error;

use serde_json::{Value, json};
use statevec_abi_alloc::schema::{MAX_NAME_LEN, MAX_SCHEMA_LEN, SchemaIdlError, SchemaRegistry};

/// Every line changes one value of the valid schema below. It gives the place, the new value, and
/// the text of the error.
const REFUSALS: &str = include_str!("schemas/refusals.jsonl");

#[test]
fn the_schema_is_valid_before_it_is_changed() {
    let registry = SchemaRegistry::from_idl_json(&valid().to_string()).unwrap();
    assert_eq!(registry.record_defs().len(), 2);
}

#[test]
fn every_broken_rule_is_named() {
    for line in REFUSALS.lines() {
        let (pointer, value, expected): (&str, Value, String) = serde_json::from_str(line).unwrap();
        let error = refusal_of_change(pointer, value);
        assert!(error.contains(&expected), "{line}\n{error}");
    }
}

/// Pointers to the objects of the valid schema, one of each kind.
const OBJECTS: [&str; 10] = [
    "",
    "/schemaVersion",
    "/fingerprints",
    "/types/0",
    "/types/0/variants/0",
    "/records/0",
    "/records/0/fields/0",
    "/commands/0",
    "/commands/0/fields/0",
    "/events/0",
];

#[test]
fn an_error_names_a_rust_type() {
    for pointer in OBJECTS {
        for value in [json!("text"), json!([]), json!(true)] {
            let error = refusal_of_change(pointer, value);
            assert!(!error.contains("Text") && !error.contains("struct"), "{pointer}: {error}");
            assert!(error.contains("braces") || error.contains(r#"{"#), "{pointer}: {error}");
        }
    }
}

#[test]
fn names_beyond_the_limit_are_refused() {
    let long = "n".repeat(MAX_NAME_LEN + 1);
    for pointer in [
        "/types/0/name",
        "/types/0/variants/0/name",
        "/records/0/name",
        "/records/0/fields/1/name",
        "/commands/0/name",
        "/commands/0/fields/0/name",
        "/events/0/name",
        "/events/0/fields/0/name",
    ] {
        let error = refusal_of_change(pointer, json!(long));
        assert!(error.contains(": the name has 257 bytes"), "{error}");
    }
    let error = refusal_of_change("/records/0/fields/2/type", json!({"defined": long}));
    assert!(error.contains("field \"color\": the name of the type has 257 bytes"), "{error}");
}

#[test]
fn every_key_that_is_not_optional_is_missed() {
    const OPTIONAL: [&str; 6] = ["types", "records", "commands", "events", "pkFields", "fields"];
    for parent in OBJECTS {
        let schema = valid();
        let keys = schema.pointer(parent).unwrap().as_object().unwrap().keys();
        for key in
            keys.filter(|key| !(OPTIONAL.contains(&key.as_str()) && parent != "/fingerprints"))
        {
            let mut schema = valid();
            let object = schema.pointer_mut(parent).unwrap().as_object_mut();
            object.unwrap().remove(key);
            let error = refusal(schema.to_string().as_bytes());
            let expected = format!("missing field `{key}`");
            assert!(error.contains(&expected), "{parent}/{key}: {error}");
        }
    }
}

#[test]
fn text_that_is_no_schema_is_refused() {
    let text = valid().to_string();
    let nested = format!("{{\"later\": {}", "[".repeat(1_000_000));
    for (bytes, expected) in [
        (b"\xff".as_slice(), "not valid UTF-8: invalid utf-8 sequence of 1 bytes from index 0"),
        (b"", "schema text, line 1, column 0: EOF while parsing a value"),
        (b"null", "schema text, line 1, column 4: invalid type: null"),
        (b"{\"idlVersion\": \"1.0\", \"idlVersion\": \"1.0\"}", "duplicate field `idlVersion`"),
        (b"{\"schemaVersion\": {\"main\": 1e999}}", "number out of range"),
        (nested.as_bytes(), "schema text, line 1, column 1000010: EOF while parsing a list"),
        (format!("{text} x").as_bytes(), "trailing characters"),
        (format!("\u{feff}{text}").as_bytes(), "schema text, line 1, column 1: expected value"),
    ] {
        let error = refusal(bytes);
        assert!(error.contains(expected), "{error}\n{expected}");
    }
}

#[test]
fn text_beyond_the_limit_is_refused_before_it_is_read() {
    let mut text = valid().to_string();
    text.push_str(&" ".repeat(MAX_SCHEMA_LEN - text.len()));
    assert!(SchemaRegistry::from_idl_json(&text).is_ok());
    text.push(' ');
    for result in [
        SchemaRegistry::from_idl_json(&text),
        SchemaRegistry::from_idl_bytes(text.as_bytes()),
        SchemaRegistry::from_idl_bytes(&vec![0xff; MAX_SCHEMA_LEN + 1]),
    ] {
        assert!(
            matches!(result, Err(SchemaIdlError::TooLarge { len }) if len == MAX_SCHEMA_LEN + 1)
        );
    }
}

#[test]
fn long_foreign_texts_are_cut_in_errors() {
    let long = "é".repeat(100_000);
    for pointer in [
        "/idlVersion",
        "/fingerprints/types",
        "/types/0/kind",
        "/types/0/variants/0/name",
        "/records/0/kind",
        "/records/0/name",
        "/records/0/fields/0/name",
        "/records/0/fields/0/type",
        "/events/0/name",
    ] {
        let error = refusal_of_change(pointer, json!(long));
        assert!(error.len() < 350, "{pointer}: {} bytes", error.len());
    }
}

/// Damaged text is refused, or it is another valid schema; the parser never panics.
#[test]
fn damaged_text_never_panics() {
    let published = include_str!("schemas/macro_made.json").as_bytes();
    let closing = published.len() - "}\n".len();
    for end in (0..=closing).step_by(3) {
        assert!(SchemaRegistry::from_idl_bytes(&published[..end]).is_err());
    }
    let mut accepted = 0;
    for at in (0..published.len()).step_by(2) {
        for replacement in *b"0\"},\xff" {
            let mut text = published.to_vec();
            text[at] = replacement;
            if let Ok(registry) = SchemaRegistry::from_idl_bytes(&text) {
                accepted += 1;
                let again = SchemaRegistry::from_idl_json(&registry.to_idl_json());
                assert_eq!(again.unwrap(), registry);
            }
        }
    }
    assert!(accepted > 100, "a digit or a name may change, but only {accepted} texts were read");
}

fn refusal_of_change(pointer: &str, value: Value) -> String {
    let mut schema = valid();
    let Some(place) = schema.pointer_mut(pointer) else {
        panic!("{pointer} is in the schema below")
    };
    *place = value;
    refusal(schema.to_string().as_bytes())
}

/// The error and its causes, as a program would print them.
fn refusal(text: &[u8]) -> String {
    let Err(error) = SchemaRegistry::from_idl_bytes(text) else {
        panic!("accepted: {}", String::from_utf8_lossy(text))
    };
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts.join(": ")
}

/// Schema text, not canonical, that keeps every rule.
fn valid() -> Value {
    json!({
        "idlVersion": "1.0",
        "schemaVersion": {"main": 1, "minor": 0},
        "fingerprints": {
            "records": "0".repeat(32),
            "commands": "1".repeat(32),
            "events": "a".repeat(32),
            "types": "f".repeat(32),
        },
        "types": [
            {"name": "Color", "kind": "enumU8", "variants": [
                {"name": "Red", "value": 0},
                {"name": "Blue", "value": 1},
            ]},
            {"name": "Mode", "kind": "enumU8", "variants": []},
        ],
        "records": [
            {"kind": 1, "name": "Account", "version": 1, "dataSize": 48, "hasPk": true, "pkFields": ["id"],
             "supportRangeScan": false, "fields": [
                {"name": "id", "index": 1, "type": "u64", "offset": 0, "size": 8, "immutable": true},
                {"name": "wide", "index": 2, "type": "u128", "offset": 8, "size": 16, "immutable": false},
                {"name": "color", "index": 3, "type": {"defined": "Color"}, "offset": 24, "size": 1, "immutable": false},
                {"name": "label", "index": 5, "type": {"fixedBytes": 8}, "offset": 27, "size": 10, "immutable": false},
            ]},
            {"kind": 2, "name": "Other", "version": 1, "dataSize": 1, "hasPk": false, "supportRangeScan": true},
        ],
        "commands": [
            {"kind": 1, "name": "Open", "version": 1, "fields": [
                {"name": "id", "index": 1, "type": "u64"},
                {"name": "note", "index": 2, "type": "varBytes"},
            ]},
            {"kind": 2, "name": "Later", "version": 1},
        ],
        "events": [
            {"kind": 1, "name": "Opened", "version": 1, "fields": [{"name": "id", "index": 1, "type": "u64"}]},
        ],
    })
}
