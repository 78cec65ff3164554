//! Every field type: the values that it takes and refuses, and their written form.

use serde_json::Value;
use statevec_host::json::{JsonWriter, parse_command};

use crate::schema::schema;

/// A line with every field, one of them replaced.
fn line_with(field: &str, value: &str) -> String {
    let defaults = [
        ("on", "true"),
        ("byte", "0"),
        ("short", "0"),
        ("word", "0"),
        ("long", "0"),
        ("int", "0"),
        ("big", "0"),
        ("wide", "0"),
        ("side", "0"),
        ("far", "0"),
        ("label", r#""""#),
        ("note", r#""""#),
    ];
    let members: Vec<String> = defaults
        .iter()
        .map(|(name, default)| {
            let value = if *name == field { value } else { default };
            format!(r#""{name}":{value}"#)
        })
        .collect();
    format!(r#"{{"command":"Every","payload":{{{}}}}}"#, members.join(","))
}

fn payload_with(field: &str, value: &str) -> Result<Vec<u8>, String> {
    let mut payload = Vec::new();
    match parse_command(&schema(), line_with(field, value).as_bytes(), &mut payload) {
        Ok(_) => Ok(payload),
        Err(error) => Err(error.to_string()),
    }
}

/// The fields of command 7 as they are written.
fn fields_of(payload: &[u8]) -> String {
    let mut out = String::new();
    JsonWriter::new(&schema()).command_fields(7, payload, &mut out).unwrap();
    out
}

/// The field as it is written after `value` was read.
fn written(field: &str, value: &str) -> String {
    let fields: Value =
        serde_json::from_str(&fields_of(&payload_with(field, value).unwrap())).unwrap();
    fields[field].to_string()
}

#[test]
fn fields_are_packed_in_index_order_whatever_their_order_in_the_line() {
    let line = r#"{"command":"Every","payload":{"note":"hi","label":{"hex":"FF00"},"far":9,"side":"Buy","wide":"258",
        "big":-2,"int":-1,"long":5,"word":4,"short":3,"byte":2,"on":true}}"#;
    let mut payload = Vec::new();
    parse_command(&schema(), line.as_bytes(), &mut payload).unwrap();
    let mut expected = vec![1, 2, 3, 0, 4, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0];
    expected.extend((-1_i32).to_le_bytes());
    expected.extend((-2_i64).to_le_bytes());
    expected.extend(258_u128.to_le_bytes());
    expected.extend([1, 9]);
    expected.extend([2, 0, 0xff, 0, 0, 0]);
    expected.extend([2, 0, b'h', b'i']);
    assert_eq!(payload, expected);

    assert_eq!(
        fields_of(&payload),
        concat!(
            r#"{"on":true,"byte":2,"short":3,"word":4,"long":5,"int":-1,"big":-2,"wide":"258","side":"Buy","far":9,"#,
            r#""label":{"hex":"ff00"},"note":"hi"}"#
        )
    );
}

#[test]
fn every_value_at_the_edge_of_its_range_is_kept() {
    for (field, value) in [
        ("on", "false"),
        ("byte", "255"),
        ("short", "65535"),
        ("word", "4294967295"),
        ("long", "18446744073709551615"),
        ("int", "-2147483648"),
        ("int", "2147483647"),
        ("big", "-9223372036854775808"),
        ("big", "9223372036854775807"),
        ("wide", r#""340282366920938463463374607431768211455""#),
        ("side", r#""Buy""#),
        ("side", r#""7""#),
        ("side", "255"),
        ("far", "255"),
        ("label", r#""äö""#),
        ("label", r#"{"hex":"00000000"}"#),
        ("note", r#""{\"hex\":\"00\"}""#),
    ] {
        assert_eq!(written(field, value), value, "{field}");
    }
}

#[test]
fn other_forms_of_a_value_are_written_in_the_usual_one() {
    for (field, value, usual) in [
        ("wide", "18446744073709551615", r#""18446744073709551615""#),
        ("wide", r#""007""#, r#""7""#),
        ("wide", "-0", r#""0""#),
        ("byte", "-0", "0"),
        ("long", "-0", "0"),
        ("int", "-0", "0"),
        ("big", "-0", "0"),
        ("far", "-0", "0"),
        ("side", "1", r#""Buy""#),
        ("side", "2", r#""7""#),
        ("label", r#"{"hex":"6869"}"#, r#""hi""#),
        ("label", r#"{"hex":""}"#, r#""""#),
        ("label", r#"{ "h\u0065x" : "68" }"#, r#""h""#),
        ("note", r#""a\u0000b""#, r#"{"hex":"610062"}"#),
        ("note", r#""\u00e9""#, r#""é""#),
    ] {
        assert_eq!(written(field, value), usual, "{field}");
    }
}

#[test]
fn a_value_that_a_field_does_not_take_is_refused_with_what_it_takes() {
    let (u64_range, u128_forms) = (
        "a whole number from 0 to 18446744073709551615",
        r#"decimal digits in a string, up to "340282366920938463463374607431768211455", or a whole number up to 18446744073709551615"#,
    );
    let bytes = r#"a string, or {"hex":"…"}"#;
    let variant = "a variant's name, or a whole number from 0 to 255";
    for (field, value, expected, found) in [
        ("on", "1", "true or false", "1"),
        ("on", r#""true""#, "true or false", r#""true""#),
        ("byte", "-1", "a whole number from 0 to 255", "-1"),
        ("byte", "null", "a whole number from 0 to 255", "null"),
        ("byte", "1.0", "a whole number from 0 to 255", "1.0"),
        ("short", "65536", "a whole number from 0 to 65535", "65536"),
        ("word", "4294967296", "a whole number from 0 to 4294967295", "4294967296"),
        ("long", "18446744073709551616", u64_range, "18446744073709551616"),
        ("long", r#""5""#, u64_range, r#""5""#),
        ("long", "1e3", u64_range, "1e3"),
        ("long", "1E+400", u64_range, "1E+400"),
        ("long", "-0.0", u64_range, "-0.0"),
        ("long", "0.0", u64_range, "0.0"),
        ("int", "2147483648", "a whole number from -2147483648 to 2147483647", "2147483648"),
        (
            "big",
            "9223372036854775808",
            "a whole number from -9223372036854775808 to 9223372036854775807",
            "9223372036854775808",
        ),
        ("wide", "-1", u128_forms, "-1"),
        ("wide", "18446744073709551616", u128_forms, "18446744073709551616"),
        ("wide", r#""+1""#, u128_forms, r#""+1""#),
        ("wide", r#""""#, u128_forms, r#""""#),
        (
            "wide",
            r#""340282366920938463463374607431768211456""#,
            u128_forms,
            r#""340282366920938463463374607431768211456""#,
        ),
        ("side", "256", variant, "256"),
        ("side", "true", variant, "true"),
        ("label", "5", bytes, "5"),
        ("label", "[104,105]", bytes, "a list"),
        ("note", "{}", bytes, "an object"),
        ("note", r#"{"hex":5}"#, bytes, "an object"),
        ("note", r#"{"text":"a"}"#, bytes, "an object"),
        ("note", r#"{"hex":"00","hex":"00"}"#, bytes, "an object"),
    ] {
        let expected =
            format!(r#"field "{field}" of command "Every": expected {expected}, found {found}"#);
        assert_eq!(payload_with(field, value).unwrap_err(), expected);
    }
}

#[test]
fn names_digits_and_lengths_that_do_not_fit_are_refused() {
    let long_note = format!(r#""{}""#, "a".repeat(65536));
    for (field, value, problem) in [
        ("side", r#""buy""#, r#"unknown variant "buy" of enum "Side"; it has "Buy", "7""#),
        (
            "far",
            r#""Buy""#,
            r#"enum "deep :: Far" is not in the schema, so its variants have no names: expected a number from 0 to 255, found "Buy""#,
        ),
        ("label", r#""hello""#, "5 bytes are too long; at most 4 fit"),
        ("label", r#""äöü""#, "6 bytes are too long; at most 4 fit"),
        ("label", r#"{"hex":"0001020304"}"#, "5 bytes are too long; at most 4 fit"),
        ("label", r#"{"hex":"00010203040"}"#, "5 bytes are too long; at most 4 fit"),
        ("note", &long_note, "65536 bytes are too long; at most 65535 fit"),
        (
            "note",
            r#"{"hex":"abc"}"#,
            r#"expected two hexadecimal digits for each byte, found "abc""#,
        ),
        ("note", r#"{"hex":"0g"}"#, r#"expected two hexadecimal digits for each byte, found "0g""#),
    ] {
        let expected = format!(r#"field "{field}" of command "Every": {problem}"#);
        assert_eq!(payload_with(field, value).unwrap_err(), expected);
    }
    let longest = format!(r#""{}""#, "a".repeat(65535));
    assert_eq!(written("note", &longest), longest);
}
