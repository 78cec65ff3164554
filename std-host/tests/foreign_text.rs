//! Foreign text cannot change the text around it, on a terminal or in JSON.

use proptest::prelude::*;
use statevec_host::foreign_text::{
    Escaped, EscapedLines, escape_json, is_hidden, push_json_display, push_json_string,
};

/// One character of each kind that the rule names, and both ends of each range.
const HIDDEN: &str = "\0\u{1b}\u{1f}\u{7f}\u{80}\u{85}\u{9b}\u{9f}\u{ad}\u{34f}\u{61c}\u{180e}\
    \u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{206f}\
    \u{feff}\u{fff9}\u{fffb}\u{e0001}\u{e0041}\u{e007f}";

fn json_string(text: &str) -> String {
    let mut out = String::new();
    push_json_string(text, &mut out);
    out
}

#[test]
fn every_kind_of_hidden_character_is_escaped_in_both_forms() {
    for hidden in HIDDEN.chars() {
        let text = format!("a{hidden}b");
        for form in [Escaped(&text).to_string(), json_string(&text)] {
            assert!(form.contains('\\'), "U+{:04X} is not escaped", u32::from(hidden));
            assert!(!form.contains(is_hidden), "U+{:04X} stays in the text", u32::from(hidden));
        }
    }
}

#[test]
fn visible_text_of_any_language_stays_as_it_is() {
    let text = "Zoë, Ελλάδα, שלום, 東京, 🏦 ~ \u{a0}\u{300}";
    assert_eq!(Escaped(text).to_string(), text);
    assert_eq!(json_string(text), format!("\"{text}\""));
}

#[test]
fn a_line_break_cannot_start_a_line_of_the_program() {
    let text = "sum\nerror: \x1b[2Jall is well\r\n";
    assert_eq!(Escaped(text).to_string(), r"sum\nerror: \u{1b}[2Jall is well\r\n");
    let lines = EscapedLines(text).to_string();
    assert_eq!(lines, "sum\n    error: \\u{1b}[2Jall is well\\r\n    ");
}

#[test]
fn json_strings_use_the_short_escapes_and_pairs_beyond_16_bits() {
    let text = "\"\\\n\r\t\u{8}\u{c}\u{1}\u{7f}\u{2028}\u{e0041}";
    assert_eq!(json_string(text), r#""\"\\\n\r\t\b\f\u0001\u007f\u2028\udb40\udc41""#);
}

#[test]
fn json_text_with_hidden_characters_keeps_its_value_and_its_white_space() {
    let json = "{\r\n\t\"a\u{202e}\": \"\u{7f}\\u202e\", \"é\": [1e400, \"\u{feff}\"]\n}";
    assert_eq!(
        escape_json(json),
        "{\r\n\t\"a\\u202e\": \"\\u007f\\u202e\", \"é\": [1e400, \"\\ufeff\"]\n}"
    );
}

proptest! {
    #[test]
    fn json_strings_read_as_the_text_that_was_written(text in any::<String>()) {
        let mut displayed = String::new();
        push_json_display(&text, &mut displayed);
        prop_assert_eq!(&displayed, &json_string(&text));
        prop_assert!(!displayed.contains(is_hidden));
        prop_assert_eq!(serde_json::from_str::<String>(&displayed).unwrap(), text);
    }

    #[test]
    fn plain_text_is_written_as_serde_json_writes_it(text in r#"[ -~\n\t"\\é東🏦]{0,40}"#) {
        prop_assert_eq!(json_string(&text), serde_json::to_string(&text).unwrap());
    }
}
