//! Checks that bytes are UTF-8. In firmware it does so in a quarter of the flash that the standard
//! library's faster check and its table take.

use core::fmt;

/// The place of a sequence that is not UTF-8. It prints as the standard library's error does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Utf8Fault {
    /// The bytes before it, which are UTF-8.
    pub(crate) valid_up_to: usize,
    /// Its length; 0 if the bytes end inside a char.
    pub(crate) len: usize,
}

impl fmt::Display for Utf8Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { valid_up_to, len } = self;
        match len {
            0 => write!(f, "incomplete utf-8 byte sequence from index {valid_up_to}"),
            _ => write!(f, "invalid utf-8 sequence of {len} bytes from index {valid_up_to}"),
        }
    }
}

/// The bytes as text.
#[inline]
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Utf8Fault> {
    match fault(bytes) {
        // SAFETY: `fault` has just found nothing in these bytes that is not UTF-8 (rule 1).
        None => Ok(unsafe { str::from_utf8_unchecked(bytes) }),
        Some(fault) => Err(fault),
    }
}

/// The UTF-8 at the start of foreign bytes, and the bytes behind the first sequence that is not
/// UTF-8, if there is one.
pub(crate) fn leading_text(bytes: &[u8]) -> (&str, Option<&[u8]>) {
    let (valid, rest) = match fault(bytes) {
        None => (bytes, None),
        Some(Utf8Fault { valid_up_to, len }) => {
            let (valid, rest) = bytes.split_at_checked(valid_up_to).unwrap_or_default();
            let behind = if len == 0 { rest.len() } else { len };
            (valid, Some(rest.get(behind..).unwrap_or_default()))
        }
    };
    // SAFETY: `fault` found nothing before `valid_up_to` that is not UTF-8 (rule 1).
    (unsafe { str::from_utf8_unchecked(valid) }, rest)
}

/// The first sequence that is not UTF-8.
fn fault(bytes: &[u8]) -> Option<Utf8Fault> {
    if cfg!(target_os = "none") {
        return small_fault(bytes);
    }
    let error = str::from_utf8(bytes).err()?;
    let len = error.error_len().unwrap_or(0);
    Some(Utf8Fault { valid_up_to: error.valid_up_to(), len })
}

/// [`fault`] for firmware (table 3-7 of the Unicode Standard).
#[inline(never)]
fn small_fault(bytes: &[u8]) -> Option<Utf8Fault> {
    let (mut valid_up_to, mut at, mut following) = (0, 0, 0);
    let (mut low, mut high) = (0x80, 0xBF);
    for &byte in bytes {
        if following > 0 {
            if byte < low || byte > high {
                return Some(Utf8Fault { valid_up_to, len: at - valid_up_to });
            }
            (low, high) = (0x80, 0xBF);
            following -= 1;
        } else {
            following = match byte {
                ..0x80 => 0,
                0xC2..0xE0 => 1,
                0xE0..0xF0 => 2,
                0xF0..0xF5 => 3,
                _ => return Some(Utf8Fault { valid_up_to, len: 1 }),
            };
            // The bytes behind these four have bounds of their own.
            match byte {
                0xE0 => low = 0xA0,
                0xED => high = 0x9F,
                0xF0 => low = 0x90,
                0xF4 => high = 0x8F,
                _ => {}
            }
        }
        at += 1;
        if following == 0 {
            valid_up_to = at;
        }
    }
    (following > 0).then_some(Utf8Fault { valid_up_to, len: 0 })
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString as _;

    use super::{fault, leading_text, small_fault, text};

    /// Compares with the standard library: verdict, place and text.
    fn compare(bytes: &[u8]) {
        assert_eq!(small_fault(bytes), fault(bytes), "{bytes:x?}");
        let (ours, theirs) = (text(bytes), str::from_utf8(bytes));
        let texts = (ours.map_err(|fault| fault.to_string()), theirs.map_err(|e| e.to_string()));
        assert_eq!(texts.0, texts.1, "{bytes:x?}");
        let mut chunks = bytes.utf8_chunks();
        let mut rest = Some(bytes);
        while let Some(bytes) = rest {
            let text;
            (text, rest) = leading_text(bytes);
            match chunks.next() {
                Some(chunk) => {
                    assert_eq!((text, rest.is_none()), (chunk.valid(), chunk.invalid().is_empty()));
                }
                None => assert_eq!((text, rest), ("", None)),
            }
        }
        assert!(chunks.next().is_none(), "{bytes:x?}");
    }

    #[test]
    fn two_bytes_and_their_surroundings_are_judged_as_by_the_standard_library() {
        for first in 0..=0xFF {
            for second in 0..=0xFF {
                compare(&[first, second]);
                compare(&[first, second, 0x80]);
                compare(&[first, second, 0x80, 0x80]);
                compare(&[b'a', first, second, b'b']);
                compare(&[first, second, 0xBF, 0xC0, b'b']);
            }
        }
    }

    #[test]
    fn every_char_is_text_and_every_part_of_one_is_not() {
        for char in '\0'..=char::MAX {
            let mut room = [0; 4];
            let encoded = char.encode_utf8(&mut room).as_bytes();
            assert_eq!(small_fault(encoded), None, "{char:?}");
            assert_eq!(small_fault(&encoded[1..]).is_none(), encoded.len() == 1, "{char:?}");
            let start = &encoded[..encoded.len() - 1];
            let len = small_fault(start).map(|fault| fault.len);
            assert_eq!(len, if start.is_empty() { None } else { Some(0) }, "{char:?}");
        }
    }
}
