//! Lines of input that are no commands, as lines of output.

use serde_json::Value;
use statevec_host::json::InvalidLine;

#[test]
fn a_foreign_name_in_the_error_stays_inside_its_string() {
    let error = "unknown key \"a\u{202e}\n\",\"status\":\"committed\"";
    let text = InvalidLine { line: u64::MAX, error: &error, column: Some(41) }.to_string();
    assert_eq!(
        text,
        r#"{"line":18446744073709551615,"status":"invalid","error":"unknown key \"a\u202e\n\",\"status\":\"committed\"","column":41}"#
    );
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["error"], error);
}

#[test]
fn an_error_without_a_place_has_no_column() {
    let text = InvalidLine { line: 1, error: &"cannot be read", column: None }.to_string();
    assert_eq!(text, r#"{"line":1,"status":"invalid","error":"cannot be read"}"#);
}
