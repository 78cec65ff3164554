//! The error buffer: a header of 16 bytes and a text of at most 512.

use core::fmt;

use super::{
    bytes::RuntimeBytesRef,
    layout::assert_layout,
    status::{RuntimeErrorKind, RuntimeErrorPhase, runtime_error_kind},
    utf8::leading_text,
};

/// The most bytes of an error text; longer ones are cut at a char boundary.
pub const RUNTIME_ERROR_MESSAGE_CAPACITY: usize = 512;

/// A buffer for the kind and the text of a failed call. The caller owns it.
///
/// ```text
///  0        4      6      8               16                                     528   (64-bit)
///  | phase  | kind | pad  | message_len   | message_buf: UTF-8, not terminated    |
/// ```
///
/// Every bit pattern is a valid value. [`message`](Self::message) reads the text of a foreign one.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RuntimeErrorBuf {
    /// The part of the plugin's life that failed.
    pub phase: RuntimeErrorPhase,
    /// The kind of the error.
    pub kind: RuntimeErrorKind,
    /// Number of bytes of `message_buf` in use.
    pub message_len: usize,
    /// The text.
    pub message_buf: [u8; RUNTIME_ERROR_MESSAGE_CAPACITY],
}

assert_layout!(RuntimeErrorBuf {
    size: [528, 524, 524],
    align: [8, 4, 4],
    phase: [0, 0, 0],
    kind: [4, 4, 4],
    message_len: [8, 8, 8],
    message_buf: [16, 12, 12],
});

impl RuntimeErrorBuf {
    /// An empty buffer. The message is ignored, as it is by the published function of this name:
    /// texts are written by [`write_runtime_error`](crate::boundary::write_runtime_error).
    #[must_use]
    #[inline]
    pub const fn new(
        phase: RuntimeErrorPhase,
        kind: RuntimeErrorKind,
        _message: RuntimeBytesRef,
    ) -> Self {
        Self { phase, kind, message_len: 0, message_buf: [0; RUNTIME_ERROR_MESSAGE_CAPACITY] }
    }

    /// A buffer as every successful call leaves it: phase load, kind 4002, no text (ABI.md section
    /// 3).
    pub const RESET: Self = Self::cleared();

    /// [`RESET`](Self::RESET), made by code. An image that copies the constant holds all of it.
    #[must_use]
    #[inline(always)]
    pub const fn cleared() -> Self {
        let kind = runtime_error_kind::HOST_INTERNAL_ERROR;
        Self::new(RuntimeErrorPhase::Load, kind, RuntimeBytesRef::empty())
    }

    /// The text, at most 512 bytes of it. Bytes that are not UTF-8 print as U+FFFD.
    #[must_use]
    pub fn message(&self) -> ErrorText<'_> {
        let len = self.message_len.min(RUNTIME_ERROR_MESSAGE_CAPACITY);
        ErrorText(self.message_buf.get(..len).unwrap_or_default())
    }

    /// The text, if it is ASCII, as most are. The check reads eight bytes at a time, and may read
    /// up to seven bytes behind the text. They are zero in a buffer that keeps rule 9. Otherwise
    /// the check may fail for an ASCII text, which then takes the slower path.
    pub(crate) fn ascii(&self) -> Option<&str> {
        let text = self.message().as_bytes();
        let (words, _none) = self.message_buf.as_chunks::<8>();
        let words = words.iter().take(text.len().div_ceil(8));
        let bits = words.fold(0, |bits, word| bits | u64::from_ne_bytes(*word));
        if bits & 0x8080_8080_8080_8080 != 0 {
            return None;
        }
        // SAFETY: the check found no byte above 0x7F, and ASCII is UTF-8 (rule 1).
        Some(unsafe { str::from_utf8_unchecked(text) })
    }
}

impl fmt::Debug for RuntimeErrorBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeErrorBuf")
            .field("phase", &self.phase)
            .field("kind", &self.kind)
            .field("message_len", &self.message_len)
            .field("message", &self.message())
            .finish()
    }
}

/// Text from an error buffer; `Display` prints it lossily (rule 1), without allocating.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ErrorText<'a>(&'a [u8]);

impl<'a> ErrorText<'a> {
    /// A text that was kept outside of an error buffer.
    #[must_use]
    pub const fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// The bytes as they were written.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// The text up to the first byte that is not UTF-8.
    pub(crate) fn leading(self) -> &'a str {
        leading_text(self.0).0
    }

    /// Returns true if there is no text.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for ErrorText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = Some(self.0);
        while let Some(bytes) = rest {
            let text;
            (text, rest) = leading_text(bytes);
            f.write_str(text)?;
            if rest.is_some() {
                f.write_str("\u{FFFD}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for ErrorText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
