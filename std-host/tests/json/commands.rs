//! Lines that are not commands, and the errors for them.

use std::borrow::Cow;

use statevec_abi_alloc::schema::{
    CommandDefinition, FieldType, PayloadFieldDefinition, SchemaRegistry, Version,
};
use statevec_host::json::{CommandError, CommandLine, CommandProblem, parse_command};

use crate::schema::schema;

fn error(line: &str) -> CommandError {
    let mut payload = vec![1, 2, 3];
    let error = parse_command(&schema(), line.as_bytes(), &mut payload).expect_err(line);
    assert_eq!(payload, [1, 2, 3], "a refused line leaves no bytes behind: {line}");
    error
}

fn refusal(line: &str) -> String {
    error(line).to_string()
}

#[test]
fn keys_come_in_any_order_and_optional_ones_have_defaults() {
    let mut payload = vec![9];
    let line = br#"{"ref_ext_time_us":5,"payload":{"byte":255},"ext_seq":18446744073709551615,"command":"One"}"#;
    let command = parse_command(&schema(), line, &mut payload).unwrap();
    assert_eq!(command, CommandLine { kind: 9, ext_seq: Some(u64::MAX), ref_ext_time_us: 5 });
    assert_eq!(payload, [9, 255], "payloads are appended");

    let command =
        parse_command(&schema(), br#" {"command":"Ping","payload":{}} "#, &mut payload).unwrap();
    assert_eq!(command, CommandLine { kind: 8, ext_seq: None, ref_ext_time_us: 0 });
    assert_eq!(payload, [9, 255]);

    let escaped = br#"{"comm\u0061nd":"O\u006ee","payload":{"b\u0079te":1}}"#;
    assert_eq!(parse_command(&schema(), escaped, &mut payload).unwrap().kind, 9);
    assert_eq!(payload, [9, 255, 1]);
}

#[test]
fn a_payload_before_its_command_is_read_like_any_other() {
    let mut payload = Vec::new();
    let line = r#"{"payload":{"byte":7,"x":"}{\"]["},"command":"One"}"#;
    let refused = error(line);
    assert_eq!(refused.to_string(), r#"unknown field "x" of command "One"; it has "byte""#);
    assert_eq!(refused.column(), 22);
    let line = br#"{"payload": {"byte": 7 } ,"command":"One"}"#;
    assert_eq!(parse_command(&schema(), line, &mut payload).unwrap().kind, 9);
    assert_eq!(payload, [7]);
}

#[test]
fn json_that_is_cut_off_or_wrong_is_refused_with_its_column() {
    for (line, text) in [
        ("", "not valid JSON at column 1: expected a value, and the line ends here"),
        (
            r#"{"command":"Ping","payload":{}"#,
            "not valid JSON at column 31: expected `,` or `}`, and the line ends here",
        ),
        (
            r#"{"command":"Ping","payload":{"#,
            "not valid JSON at column 30: expected a name in quotes, and the line ends here",
        ),
        (
            r#"{"command":"Ping","payload""#,
            "not valid JSON at column 28: expected `:`, and the line ends here",
        ),
        (
            r#"{"command":"Ping","payload":"#,
            "not valid JSON at column 29: expected a value, and the line ends here",
        ),
        ("{\"command\":\"Pin\r\n", "not valid JSON at column 16: the line ends inside a string"),
        (r#"{"command":"Ping\"#, "not valid JSON at column 18: the line ends inside a string"),
        (r#"{"command" "Ping"}"#, "not valid JSON at column 12: expected `:`"),
        (
            r#"{"command":"Ping","payload":{}} x"#,
            "not valid JSON at column 33: expected the end of the line",
        ),
        (
            r#"{"command":"Ping","payload":{},}"#,
            "not valid JSON at column 32: expected a name in quotes",
        ),
        (r#"{"command":nul}"#, "not valid JSON at column 12: expected a value"),
        ("{\"command\":\"Pi\tng\"}", "not valid JSON at column 15: control character in a string"),
        (r#"{"command":"P\ud800"}"#, "not valid JSON at column 20: unexpected end of hex escape"),
        (r#"{"command":"P\q"}"#, "not valid JSON at column 15: invalid escape"),
        (
            r#"{"command":"One","payload":{"byte":01}}"#,
            "not valid JSON at column 36: a number with a zero before its digits",
        ),
        (
            r#"{"command":"One","payload":{"byte":1.}}"#,
            "not valid JSON at column 38: expected a digit",
        ),
        (
            r#"{"command":"One","payload":{"byte":-}}"#,
            "not valid JSON at column 37: expected a digit",
        ),
        (
            r#"{"command":"One","payload":{"byte":1e+}}"#,
            "not valid JSON at column 39: expected a digit",
        ),
    ] {
        assert_eq!(refusal(line), text, "{line}");
    }
    let not_utf8 =
        parse_command(&schema(), b"{\"command\":\"\xff\"}", &mut Vec::new()).unwrap_err();
    assert_eq!(not_utf8.to_string(), "not valid JSON at column 13: the text is not UTF-8");
}

#[test]
fn an_error_has_the_column_of_its_name_or_value() {
    for (line, column) in [
        ("  7", 3),
        (r#"{ "comand":"Ping"}"#, 3),
        (r#"{"command":"Ping","payload":{},"payload":{}}"#, 32),
        (r#"{"command": "ping"}"#, 13),
        (r#"{"command":"Ping"}"#, 18),
        (r#"{"command":"Ping","payload":[]}"#, 29),
        (r#"{"command":"Ping","ext_seq": -1}"#, 30),
        (r#"{"command":"One","payload":{"byte":1 ,"bite":1}}"#, 39),
        (r#"{"command":"One","payload":{"b\u0079te":1,"byt\u0065":1}}"#, 43),
        (r#"{"command":"One","payload":{"byte": 256}}"#, 37),
        (r#"{"command":"One","payload":{ } }"#, 30),
    ] {
        let error = error(line);
        assert_eq!(error.column(), column, "{line}: {error}");
    }
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let deep = "[".repeat(1_000_000);
    assert!(refusal(&deep).ends_with("found a list"));
    assert!(refusal(&r#"{"a":"#.repeat(1_000_000)).starts_with("unknown key"));
    let waiting = format!(r#"{{"payload":{{"byte":{deep}"#);
    assert!(refusal(&waiting).ends_with("the line ends here"));
    let closed =
        format!(r#"{{"payload":{{"byte":{deep}{}}},"command":"One"}}"#, deep.replace('[', "]"));
    assert!(refusal(&closed).ends_with("found a list"));
}

#[test]
fn a_wrong_top_level_is_refused() {
    for (line, text) in [
        ("[1]", r#"expected an object such as {"command":"…","payload":{…}}, found a list"#),
        ("7", r#"expected an object such as {"command":"…","payload":{…}}, found 7"#),
        (
            r#"{"comand":"Ping","payload":{}}"#,
            r#"unknown key "comand"; a command has "command", "payload", "ext_seq" and "ref_ext_time_us""#,
        ),
        (
            r#"{"command":"Ping","command":"Ping","payload":{}}"#,
            r#"key "command" stands there twice"#,
        ),
        (
            r#"{"command":"Ping","payload":{},"ext_seq":1,"ext_seq":1}"#,
            r#"key "ext_seq" stands there twice"#,
        ),
        (r#"{"payload":{}}"#, r#"key "command" is missing; add "command":"name of the command""#),
        (r#"{"command":"Ping"}"#, r#"key "payload" is missing; add "payload":{…}"#),
        (
            r#"{"command":8,"payload":{}}"#,
            r#"key "command": expected the name of a command in a string, found 8"#,
        ),
        (
            r#"{"command":"Ping","payload":null}"#,
            r#"key "payload": expected an object with the command's fields, found null"#,
        ),
        (
            r#"{"command":"Ping","payload":{},"ext_seq":-1}"#,
            r#"key "ext_seq": expected a whole number from 0 to 18446744073709551615, found -1"#,
        ),
        (
            r#"{"command":"Ping","payload":{},"ref_ext_time_us":"5"}"#,
            r#"key "ref_ext_time_us": expected a whole number from 0 to 18446744073709551615, found "5""#,
        ),
        (
            r#"{"command":"ping","payload":{}}"#,
            r#"unknown command "ping"; the plugin has "Every", "Ping", "One""#,
        ),
    ] {
        assert_eq!(refusal(line), text, "{line}");
    }
}

#[test]
fn a_wrong_set_of_fields_is_refused() {
    for (line, text) in [
        (
            r#"{"command":"One","payload":{"bite":1}}"#,
            r#"unknown field "bite" of command "One"; it has "byte""#,
        ),
        (
            r#"{"command":"Ping","payload":{"byte":1}}"#,
            r#"unknown field "byte" of command "Ping"; it has none"#,
        ),
        (
            r#"{"command":"One","payload":{"byte":1,"byte":1}}"#,
            r#"field "byte" of command "One" stands there twice"#,
        ),
        (
            r#"{"command":"Every","payload":{"byte":1,"on":true,"byte":1}}"#,
            r#"field "byte" of command "Every" stands there twice"#,
        ),
        (
            r#"{"command":"Every","payload":{"on":true,"short":1,"on":true}}"#,
            r#"field "on" of command "Every" stands there twice"#,
        ),
        (
            r#"{"command":"Every","payload":{"on":true,"short":1}}"#,
            r#"field "byte" of command "Every" is missing; expected a whole number from 0 to 255"#,
        ),
        (
            r#"{"command":"One","payload":{}}"#,
            r#"field "byte" of command "One" is missing; expected a whole number from 0 to 255"#,
        ),
        (
            r#"{"command":"One","payload":{"byte":256}}"#,
            r#"field "byte" of command "One": expected a whole number from 0 to 255, found 256"#,
        ),
    ] {
        assert_eq!(refusal(line), text, "{line}");
    }
}

#[test]
fn foreign_text_does_not_make_the_error_long() {
    let name = "é".repeat(1000);
    let error = refusal(&format!(r#"{{"command":"{name}","payload":{{}}}}"#));
    assert!(error.len() < 200, "{error}");
}

#[test]
fn a_payload_that_no_plugin_takes_is_refused_here() {
    let field = |index: u32| PayloadFieldDefinition {
        name: Cow::Owned(format!("f{index}")),
        field_index: index,
        ty: FieldType::FixedBytes,
        rust_type_name: Cow::Borrowed("FixedBytes<65535>"),
        enum_type_name: None,
        fixed_size: Some(65537),
    };
    let fields = (1..=256).map(field).collect();
    let huge = CommandDefinition { kind: 1, name: Cow::Borrowed("Huge"), version: 1, fields };
    let schema = SchemaRegistry::new(Version::new(1, 0), &[], &[huge], &[], &[]).unwrap();
    let members: Vec<String> = (1..=256).map(|index| format!(r#""f{index}":"""#)).collect();
    let line = format!(r#"{{"command":"Huge","payload":{{{}}}}}"#, members.join(","));
    let mut payload = Vec::new();
    let error = parse_command(&schema, line.as_bytes(), &mut payload).unwrap_err();
    assert_eq!(*error.problem(), CommandProblem::PayloadTooLong { command: "Huge".to_owned() });
    assert!(payload.is_empty());
}

#[test]
fn a_field_whose_name_needs_escapes_is_matched_by_its_text_and_not_by_its_bytes() {
    let field = |index: u32, name: &'static str| PayloadFieldDefinition {
        name: Cow::Borrowed(name),
        field_index: index,
        ty: FieldType::U8,
        rust_type_name: Cow::Borrowed("u8"),
        enum_type_name: None,
        fixed_size: Some(1),
    };
    let fields = vec![field(1, r#"a":1,"b"#), field(2, r"\u0063")];
    let odd = CommandDefinition {
        kind: 1,
        name: Cow::Borrowed("Odd"),
        version: 1,
        fields: Cow::Owned(fields),
    };
    let schema = SchemaRegistry::new(Version::new(1, 0), &[], &[odd], &[], &[]).unwrap();
    let mut payload = Vec::new();
    let escaped = br#"{"command":"Odd","payload":{"a\":1,\"b":2,"\\u0063":3}}"#;
    parse_command(&schema, escaped, &mut payload).unwrap();
    assert_eq!(payload, [2, 3]);
    for (line, name) in [
        (r#"{"command":"Odd","payload":{"a":1,"b":2}}"#, "a"),
        (r#"{"command":"Odd","payload":{"a\":1,\"b":2,"\u0063":3}}"#, "c"),
    ] {
        let error = parse_command(&schema, line.as_bytes(), &mut Vec::new()).unwrap_err();
        assert!(error.to_string().starts_with(&format!("unknown field {name:?}")), "{error}");
    }
}
