//! The limit of a line holds every command of the schema, and not much more.

use statevec_abi_alloc::schema::{SchemaRegistry, Version};
use statevec_host::json::{longest_line, parse_command};

use crate::schema::schema;

const SPACE: usize = 64 << 10;

/// Writes every character as an escape.
fn escaped(text: &str) -> String {
    text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()
}

#[test]
fn the_longest_command_of_a_schema_is_not_refused_for_its_length() {
    let name = |text: &str| format!("\"{}\"", escaped(text));
    let fields = [
        ("on", "false".to_owned()),
        ("byte", "255".to_owned()),
        ("short", "65535".to_owned()),
        ("word", "4294967295".to_owned()),
        ("long", u64::MAX.to_string()),
        ("int", i32::MIN.to_string()),
        ("big", i64::MIN.to_string()),
        ("wide", name(&u128::MAX.to_string())),
        ("side", name("Buy")),
        ("far", "255".to_owned()),
        ("label", name("abcd")),
        ("note", name(&"n".repeat(65535))),
    ];
    let fields = fields.map(|(field, value)| format!("{}:{value}", name(field)));
    let line = format!(
        "{{{}:{},{}:{{{}}},{}:{max},{}:{max}}}",
        name("command"),
        name("Every"),
        name("payload"),
        fields.join(","),
        name("ext_seq"),
        name("ref_ext_time_us"),
        max = u64::MAX,
    );
    let schema = schema();
    parse_command(&schema, line.as_bytes(), &mut Vec::new()).unwrap();
    assert!((line.len()..line.len() + SPACE + 8192).contains(&longest_line(&schema)));
}

#[test]
fn a_schema_without_commands_allows_little() {
    let schema = SchemaRegistry::new(Version::new(1, 0), &[], &[], &[], &[]).unwrap();
    assert_eq!(longest_line(&schema), SPACE);
}
