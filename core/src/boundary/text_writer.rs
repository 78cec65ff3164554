//! A text writer over memory that may be uninitialised.

use core::{fmt, ptr};

use crate::abi::utf8;

/// A [`fmt::Write`] over `capacity` bytes. It cuts text that does not fit at a char boundary, drops
/// the text after a cut, and reports no error.
///
/// It holds a raw pointer, because the target may be uninitialised or a buffer to which no
/// reference may be made (rule 3).
pub(crate) struct TextWriter {
    target: *mut u8,
    capacity: usize,
    len: usize,
    cut: bool,
}

impl TextWriter {
    /// # Safety
    ///
    /// `target` is valid for writes of `capacity` bytes, and no other code accesses them, until the
    /// writer is dropped.
    pub(crate) const unsafe fn new(target: *mut u8, capacity: usize) -> Self {
        Self { target, capacity, len: 0, cut: false }
    }

    /// Writes formatted text. A text without arguments is copied without `fmt::write`.
    pub(crate) fn write(&mut self, text: fmt::Arguments<'_>) {
        match text.as_str() {
            Some(text) => self.push(text),
            None => self.format(text),
        }
    }

    /// Writes a text with arguments. An error that a `Display` reports is dropped: the text is
    /// itself the report of an error.
    pub(crate) fn format(&mut self, text: fmt::Arguments<'_>) {
        let _ = fmt::write(self, text);
    }

    /// Number of bytes written so far; all of them are UTF-8.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Fills the rest with zeros, so that all of the target is initialised.
    pub(crate) fn fill(self) {
        let rest = self.target.wrapping_add(self.len);
        // SAFETY: `len <= capacity`, so the rest lies within the memory that `new` was given
        // (rule 9).
        unsafe { ptr::write_bytes(rest, 0, self.capacity - self.len) };
    }

    /// Writes text.
    pub(crate) fn push(&mut self, text: &str) {
        if self.cut {
            return;
        }
        let room = self.capacity - self.len;
        let taken = if text.len() <= room {
            text.len()
        } else {
            self.cut = true;
            text.floor_char_boundary(room)
        };
        let end = self.target.wrapping_add(self.len);
        // SAFETY: `taken <= room`, so the copy ends within the memory that `new` was given and that
        // no other code accesses (rule 9).
        unsafe { ptr::copy_nonoverlapping(text.as_ptr(), end, taken) };
        self.len += taken;
    }
}

impl fmt::Write for TextWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

/// Prints a `u64` without 64-bit division, which small targets would link a library function for.
pub(crate) struct Decimal(pub(crate) u64);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, x, g, h] = self.0.to_be_bytes();
        let mut limbs =
            [[a, b], [c, d], [e, x], [g, h]].map(|limb| u32::from(u16::from_be_bytes(limb)));
        let mut digits = [b'0'; 20];
        let mut len = 0;
        for digit in digits.iter_mut().rev() {
            // Long division by 10, from the most significant 16 bits down.
            let mut rest = 0;
            for limb in &mut limbs {
                let dividend = rest << 16 | *limb;
                (*limb, rest) = (dividend / 10, dividend % 10);
            }
            *digit += rest as u8;
            len += 1;
            if limbs == [0; 4] {
                break;
            }
        }
        let (_, digits) = digits.split_at(digits.len() - len);
        f.write_str(utf8::text(digits).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::ErrorText;

    fn written(capacity: usize, texts: &[&str]) -> ([u8; 8], usize) {
        let mut target = [0xEE; 8];
        assert!(capacity <= target.len());
        // SAFETY: `target` outlives the writer and is not touched meanwhile (rule 9).
        let mut writer = unsafe { TextWriter::new(target.as_mut_ptr(), capacity) };
        for text in texts {
            writer.write(format_args!("{text}"));
        }
        let len = writer.len();
        writer.fill();
        (target, len)
    }

    #[test]
    fn a_number_prints_as_the_standard_library_prints_it() {
        extern crate std;
        use std::string::ToString as _;

        let powers = (0..20).map(|digits| 10_u64.pow(digits));
        let near = powers.flat_map(|power| [power - 1, power, power + 1]);
        for number in near.chain([0x1_0000, 0xFFFF_FFFF, 0x1_0000_0000, u64::MAX]) {
            assert_eq!(Decimal(number).to_string(), number.to_string());
        }
    }

    #[test]
    fn text_that_fits_is_followed_by_zeros() {
        assert_eq!(written(6, &["ab", "c"]), (*b"abc\0\0\0\xEE\xEE", 3));
    }

    #[test]
    fn text_of_exactly_the_capacity_is_whole() {
        assert_eq!(written(4, &["abcd"]), (*b"abcd\xEE\xEE\xEE\xEE", 4));
    }

    fn foreign(text: &[u8]) -> ([u8; 8], usize) {
        let mut target = [0xEE; 8];
        // SAFETY: `target` outlives the writer and is not touched meanwhile (rule 9).
        let mut writer = unsafe { TextWriter::new(target.as_mut_ptr(), target.len()) };
        writer.write(format_args!("{}", ErrorText::new(text)));
        writer.write(format_args!("!"));
        let len = writer.len();
        writer.fill();
        (target, len)
    }

    #[test]
    fn bytes_that_are_not_text_become_replacement_characters() {
        assert_eq!(foreign(b"a\xFFb"), (*b"a\xEF\xBF\xBDb!\0\0", 6));
    }

    #[test]
    fn foreign_text_is_cut_where_it_does_not_fit_and_ends_the_text() {
        assert_eq!(foreign(b"abc"), (*b"abc!\0\0\0\0", 4));
        assert_eq!(foreign(b"abcdefgh"), (*b"abcdefgh", 8));
        assert_eq!(foreign(b"abcdefghi"), (*b"abcdefgh", 8));
    }

    #[test]
    fn a_char_that_does_not_fit_is_cut_whole_and_ends_the_text() {
        assert_eq!(written(4, &["abü€", "x"]), (*b"ab\xC3\xBC\xEE\xEE\xEE\xEE", 4));
        assert_eq!(written(4, &["abc€", "x"]), (*b"abc\0\xEE\xEE\xEE\xEE", 3));
    }
}
