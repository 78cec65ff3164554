//! Bytes as text: a string if printable, else hexadecimal.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::error::{ValueError, cut};

/// Bytes, written in the form that fits them.
pub(super) struct BytesJson<'a>(pub(super) &'a [u8]);

impl Serialize for BytesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match printable(self.0) {
            Some(text) => serializer.serialize_str(text),
            None => {
                let mut object = serializer.serialize_map(Some(1))?;
                object.serialize_entry("hex", &HexJson(self.0))?;
                object.end()
            }
        }
    }
}

/// Bytes as a string of hexadecimal digits.
pub(super) struct HexJson<'a>(pub(super) &'a [u8]);

impl Serialize for HexJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for HexJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Appends the bytes that hexadecimal digits stand for. What was appended before an error stays.
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

fn printable(bytes: &[u8]) -> Option<&str> {
    let text = str::from_utf8(bytes).ok()?;
    (!text.chars().any(is_invisible)).then_some(text)
}

/// The characters that are not printable here, as the module `json` documents them.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}'
        // Bidi_Control
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{BytesJson, ValueError, append_hex};

    fn written(bytes: &[u8]) -> String {
        serde_json::to_string(&BytesJson(bytes)).unwrap()
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
