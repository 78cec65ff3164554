//! Foreign text in JSON strings.

use std::fmt::{self, Write as _};

use super::{is_hidden, split_at_match};

/// Appends text as a JSON string. Hidden characters become escapes, so a reader of the JSON gets
/// the same text and a reader of the terminal is not misled.
pub fn push_json_string(text: &str, out: &mut String) {
    out.push('"');
    push_escaped(text, out);
    out.push('"');
}

/// Appends the text of a `Display` as [`push_json_string`] does, without an intermediate `String`.
pub fn push_json_display(value: impl fmt::Display, out: &mut String) {
    out.push('"');
    // Writing to a string cannot fail. A `Display` that fails on its own leaves its text cut off.
    let _ = write!(JsonEscaper(out), "{value}");
    out.push('"');
}

/// Escapes the hidden characters in a JSON text. The result stands for the same value: in JSON such
/// characters can only be parts of strings, except for the white space between tokens, which stays.
#[must_use]
pub fn escape_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((plain, hidden, behind)) = split_at_match(rest, is_hidden_in_json) {
        out.push_str(plain);
        push_unicode_escape(hidden, &mut out);
        rest = behind;
    }
    out.push_str(rest);
    out
}

struct JsonEscaper<'s>(&'s mut String);

impl fmt::Write for JsonEscaper<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_escaped(text, self.0);
        Ok(())
    }
}

fn push_escaped(text: &str, out: &mut String) {
    if is_plain(text) {
        return out.push_str(text);
    }
    let mut rest = text;
    while let Some((plain, special, behind)) = split_at_match(rest, is_special) {
        out.push_str(plain);
        match special {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str(r"\\"),
            '\n' => out.push_str(r"\n"),
            '\r' => out.push_str(r"\r"),
            '\t' => out.push_str(r"\t"),
            '\x08' => out.push_str(r"\b"),
            '\x0c' => out.push_str(r"\f"),
            hidden => push_unicode_escape(hidden, out),
        }
        rest = behind;
    }
    out.push_str(rest);
}

/// Returns true if no byte needs an escape, nor could be part of a character that does. Most texts
/// are plain, and this loop without an early exit takes many bytes at a time.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') & (*byte != b'"') & (*byte != b'\\');
    text.as_bytes().iter().fold(true, |all, byte| all & is_plain(byte))
}

fn is_special(c: char) -> bool {
    matches!(c, '"' | '\\') || is_hidden(c)
}

fn is_hidden_in_json(c: char) -> bool {
    !matches!(c, '\n' | '\r' | '\t') && is_hidden(c)
}

/// JSON escapes are UTF-16: characters beyond U+FFFF take two.
fn push_unicode_escape(c: char, out: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}
