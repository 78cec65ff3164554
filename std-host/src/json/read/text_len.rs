//! The end of a run of text in a JSON string.

/// Number of bytes before the first quote, backslash or control character. Compares eight bytes at
/// a time, because most of a line is strings.
#[inline]
pub(super) fn text_len(bytes: &[u8]) -> usize {
    let (words, tail) = bytes.as_chunks::<8>();
    for (position, word) in words.iter().enumerate() {
        let stops = stops(u64::from_le_bytes(*word));
        if stops != 0 {
            return 8 * position + stops.trailing_zeros() as usize / 8;
        }
    }
    let is_text = |byte: &&u8| !matches!(**byte, b'"' | b'\\' | ..b' ');
    8 * words.len() + tail.iter().take_while(is_text).count()
}

/// Sets the high bit of each byte that ends a run of text. Bytes above the lowest of them may be
/// marked, too: the subtractions borrow.
fn stops(word: u64) -> u64 {
    const EACH: u64 = u64::MAX / 0xff;
    let below = |word: u64, limit: u8| word.wrapping_sub(EACH * u64::from(limit)) & !word;
    let equal = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    (below(word, b' ') | equal(b'"') | equal(b'\\')) & (EACH << 7)
}

#[cfg(test)]
mod tests {
    use super::text_len;

    #[test]
    fn every_byte_that_ends_text_is_found_at_every_place() {
        for stop in (0..b' ').chain([b'"', b'\\']) {
            for len in 0..20 {
                for behind in [&[][..], b"\"", b" !#[]\x7f\x80\xff\"\x1f\\ab"] {
                    // Neighbours of the stops, and bytes with the high bit.
                    let text = b" !#[]~\x7f\x80\x9f\xa2\xdc\xff".iter().cycle().take(len);
                    let bytes: Vec<u8> =
                        text.copied().chain([stop]).chain(behind.iter().copied()).collect();
                    assert_eq!(text_len(&bytes), len, "{bytes:?}");
                }
            }
        }
        assert_eq!(text_len(b"abcdefghijk"), 11);
        assert_eq!(text_len(b""), 0);
    }
}
