//! Bytes as text: a string if printable, else hexadecimal.

use super::error::{ValueError, cut};
use crate::foreign_text::{disturbs, push_json_string};

/// Appends bytes as a JSON string if they are printable, else as `{"hex":"…"}`.
pub(super) fn push_bytes(bytes: &[u8], out: &mut String) {
    match str::from_utf8(bytes) {
        Ok(text) if !text.contains(disturbs) => push_json_string(text, out),
        _ => {
            out.push_str(r#"{"hex":"#);
            push_hex(bytes, out);
            out.push('}');
        }
    }
}

/// Appends bytes as a string of hexadecimal digits.
pub(super) fn push_hex(bytes: &[u8], out: &mut String) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.reserve(2 * bytes.len() + 2);
    out.push('"');
    for byte in bytes {
        out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    out.push('"');
}

/// Appends the bytes that hexadecimal digits stand for. Bytes that were appended before an error
/// stay.
pub(super) fn append_hex(digits: &str, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let not_hex = || ValueError::NotHex { found: cut(digits) };
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(not_hex());
    }
    for &[high, low] in pairs {
        let byte = nibble(high).zip(nibble(low)).map(|(high, low)| (high << 4) | low);
        out.push(byte.ok_or_else(not_hex)?);
    }
    Ok(())
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::{ValueError, append_hex, push_bytes};

    fn written(bytes: &[u8]) -> String {
        let mut out = String::new();
        push_bytes(bytes, &mut out);
        out
    }

    #[test]
    fn bytes_that_would_disturb_a_reader_are_hexadecimal() {
        assert_eq!(written(b""), r#""""#);
        assert_eq!(written("Zoë \"\\".as_bytes()), r#""Zoë \"\\""#);
        assert_eq!(written(b"\xff\x00"), r#"{"hex":"ff00"}"#);
        for text in ["a\n", "\x7f", "\u{85}", "\u{2028}", "\u{202e}cod.exe", "\u{2067}", "\0"] {
            assert!(written(text.as_bytes()).starts_with(r#"{"hex":"#), "{text:?}");
        }
    }

    #[test]
    fn a_joiner_without_width_is_an_escape_in_a_readable_string() {
        assert_eq!(written("a\u{200d}b".as_bytes()), r#""a\u200db""#);
    }

    #[test]
    fn text_that_looks_like_the_hexadecimal_form_stays_a_string() {
        assert_eq!(written(br#"{"hex":"00"}"#), r#""{\"hex\":\"00\"}""#);
    }

    #[test]
    fn half_bytes_and_other_letters_are_refused() {
        let mut out = Vec::new();
        append_hex("00fFa1", &mut out).unwrap();
        assert_eq!(out, [0, 0xff, 0xa1]);
        for digits in ["0", "0g", "+1", " 0", "é", "0x00"] {
            let error = append_hex(digits, &mut Vec::new()).unwrap_err();
            assert_eq!(error, ValueError::NotHex { found: digits.to_owned() });
        }
    }
}
