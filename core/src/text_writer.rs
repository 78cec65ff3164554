//! Writes text in place, into memory that need not be initialised.

use core::{fmt, ptr};

use crate::abi::ErrorText;

/// A [`fmt::Write`] over `capacity` bytes. What does not fit is cut at a char boundary and counts as written; what follows a cut is dropped.
///
/// It works through a raw pointer because its target may be uninitialised, or a buffer that no reference may be made to (rule 3).
pub(crate) struct TextWriter {
    target: *mut u8,
    capacity: usize,
    len: usize,
    cut: bool,
}

impl TextWriter {
    /// # Safety
    ///
    /// `target` is valid for writes of `capacity` bytes, which nobody else touches, until the writer is dropped.
    pub(crate) const unsafe fn new(target: *mut u8, capacity: usize) -> Self {
        Self { target, capacity, len: 0, cut: false }
    }

    /// Writes formatted text; a text without arguments is copied without the formatting machinery.
    pub(crate) fn write(&mut self, text: fmt::Arguments<'_>) {
        match text.as_str() {
            Some(text) => self.push(text),
            // A `Display` that reports an error of its own has written what it could: there is nobody to tell.
            None => drop(fmt::write(self, text)),
        }
    }

    /// Writes another buffer's text as it is, UTF-8 or not; whoever shows it reads it lossily (rule 1).
    pub(crate) fn pass_on(&mut self, text: ErrorText<'_>) {
        let text = text.as_bytes();
        let taken = text.len().min(self.capacity - self.len);
        self.copy(text.as_ptr(), taken);
    }

    /// Number of bytes written so far; all of them are UTF-8, unless they were passed on.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Fills the rest with zeros, so that all of the target is initialised.
    pub(crate) fn fill(self) {
        let rest = self.target.wrapping_add(self.len);
        // SAFETY: `len <= capacity`, so the rest lies within what `new` was promised (rule 9).
        unsafe { ptr::write_bytes(rest, 0, self.capacity - self.len) };
    }

    fn push(&mut self, text: &str) {
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
        self.copy(text.as_ptr(), taken);
    }

    /// `taken` is within the capacity, and within what is there to read.
    fn copy(&mut self, text: *const u8, taken: usize) {
        let end = self.target.wrapping_add(self.len);
        // SAFETY: the copy ends within what `new` was promised, by the callers' arithmetic; nobody else holds that memory (rule 9).
        unsafe { ptr::copy_nonoverlapping(text, end, taken) };
        self.len += taken;
    }
}

impl fmt::Write for TextWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::RuntimeErrorBuf;

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
    fn text_that_fits_is_followed_by_zeros() {
        assert_eq!(written(6, &["ab", "c"]), (*b"abc\0\0\0\xEE\xEE", 3));
    }

    #[test]
    fn text_of_exactly_the_capacity_is_whole() {
        assert_eq!(written(4, &["abcd"]), (*b"abcd\xEE\xEE\xEE\xEE", 4));
    }

    #[test]
    fn bytes_that_are_not_text_are_passed_on_as_they_are() {
        let mut buffer = RuntimeErrorBuf::RESET;
        buffer.message_buf[..3].copy_from_slice(b"a\xFFb");
        buffer.message_len = 3;
        let mut target = [0xEE; 8];
        // SAFETY: `target` outlives the writer and is not touched meanwhile (rule 9).
        let mut writer = unsafe { TextWriter::new(target.as_mut_ptr(), target.len()) };
        writer.pass_on(buffer.message());
        assert_eq!(writer.len(), 3);
        writer.fill();
        assert_eq!(&target, b"a\xFFb\0\0\0\0\0");
    }

    #[test]
    fn a_char_that_does_not_fit_is_cut_whole_and_ends_the_text() {
        assert_eq!(written(4, &["abü€", "x"]), (*b"ab\xC3\xBC\xEE\xEE\xEE\xEE", 4));
        assert_eq!(written(4, &["abc€", "x"]), (*b"abc\0\xEE\xEE\xEE\xEE", 3));
    }
}
