//! Tests of primary keys as JSON.

use std::borrow::Cow;

use statevec_abi::layers::{Answer, AnsweredCall, LayerCall};
use statevec_abi_alloc::schema::{
    FieldDefinition, FieldType, RecordDefinition, SchemaRegistry, Version,
};
use statevec_host::json::{JsonWriter, parse_key};

fn field(name: &'static str, index: u32, offset: u32, ty: FieldType, len: u32) -> FieldDefinition {
    FieldDefinition {
        name: Cow::Borrowed(name),
        field_index: index,
        offset,
        ty,
        len,
        rust_type_name: Cow::Borrowed("any"),
        enum_type_name: None,
        immutable: false,
    }
}

/// A record whose key is (code, account), and whose fields lie in another order.
fn schema(pk_fields: &[&'static str]) -> SchemaRegistry {
    let record = RecordDefinition {
        kind: 3,
        name: Cow::Borrowed("Limit"),
        is_pk_idx: !pk_fields.is_empty(),
        support_range_scan: false,
        data_size: 64,
        version: 1,
        has_pk_encoder: false,
        fields: Cow::Owned(vec![
            field("account", 1, 0, FieldType::I32, 4),
            field("most", 2, 8, FieldType::U64, 8),
            field("code", 3, 16, FieldType::FixedBytes, 5),
        ]),
        reserved_fields: Cow::Borrowed(&[]),
        pk_fields: pk_fields.iter().map(|name| Cow::Borrowed(*name)).collect(),
    };
    SchemaRegistry::with_records(Version::new(1, 0), &[record]).unwrap()
}

fn key(pk_fields: &[&'static str], text: &str) -> Result<Vec<u8>, String> {
    let schema = schema(pk_fields);
    let record = schema.try_get(3).unwrap();
    parse_key(&schema, record, text.as_bytes()).map_err(|error| error.to_string())
}

#[test]
fn the_key_of_several_fields_is_encoded_in_the_order_of_the_key() {
    let expected = [b'E', b'U', 0, 0x80, 0, 0, 7];
    for text in [r#"{"account":7,"code":"EU"}"#, r#" { "code" : "EU" , "account" : 7 } "#] {
        assert_eq!(key(&["code", "account"], text).unwrap(), expected, "{text}");
    }
    assert_eq!(key(&["account"], r#"{"account":-1}"#).unwrap(), [0x7f, 0xff, 0xff, 0xff]);
}

#[test]
fn a_text_that_is_no_key_is_refused_with_the_field() {
    for (text, error) in [
        ("", "not valid JSON"),
        ("7", "expected an object with the fields of the key, found 7"),
        ("{}", r#"key of record "Limit": field "code" is missing"#),
        (r#"{"code":"EU"}"#, r#"field "account" is missing"#),
        (r#"{"code":"EURO","account":1}"#, r#"field "code": "#),
        (r#"{"code":"EU","account":2147483648}"#, r#"field "account": expected a whole number"#),
        (r#"{"most":1}"#, r#"unknown field "most"; the key has "code", "account""#),
        (r#"{"code":"EU","code":"EU"}"#, r#"field "code" stands there twice"#),
        (r#"{"code":"EU","account":1}x"#, "not valid JSON"),
    ] {
        let found = key(&["code", "account"], text).unwrap_err();
        assert!(found.contains(error), "{error:?} is not in {found:?}");
    }
    assert_eq!(key(&[], "{}").unwrap_err(), r#"record "Limit" has no primary key"#);
}

#[test]
fn key_in_a_host_call_reads_back_as_another_one() {
    let pk_fields = &["code", "account"];
    let writer = JsonWriter::new(&schema(pk_fields));
    for pk in [
        [b'E', b'U', 0, 0x80, 0, 0, 7],
        [0, 0, 0, 0, 0, 0, 0],
        [b'a', 0, b'c', 0x7f, 0xff, 0xff, 0xff],
        [0xff; 7],
    ] {
        let call = LayerCall::Delete { kind: 3, pk: &pk };
        let made = AnsweredCall { call, answer: Answer::Missing, bytes: 0 };
        let mut line = String::new();
        writer.host_call(None, &made, &mut line);
        let call: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(key(pk_fields, &call["key"].to_string()), Ok(pk.to_vec()), "{line}");
    }
}
