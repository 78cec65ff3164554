//! The caller's error buffer, and the proof that a failure was written into it.

use core::{fmt, marker::PhantomData, mem::offset_of, ptr};

use crate::{
    abi::{RUNTIME_ERROR_MESSAGE_CAPACITY, RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase},
    boundary::text_writer::TextWriter,
};

/// The caller's error buffer, for the time of the call `'c`. A failure is written once, straight
/// into it, and the token [`ErrorWritten`] travels back through `?`.
///
/// Writing again replaces the text: the last reason wins. Without a buffer the text is dropped. The
/// slot is as small as a slice, and is passed by value.
#[derive(Clone, Copy)]
pub struct ErrorSlot<'c> {
    /// Null, or valid for writes for `'c`. It is not read, and no reference is made to it: it may
    /// be uninitialised, and the host may hold it during the call (rules 3 and 9).
    buffer: *mut RuntimeErrorBuf,
    phase: RuntimeErrorPhase,
    call: PhantomData<Brand<'c>>,
}

/// Invariant in `'c`, so that the token of one call has another type than that of another call.
type Brand<'c> = fn(&'c ()) -> &'c ();

/// Proof that the reason for a failure has been written into the error buffer of the call `'c`.
///
/// It has no size, cannot be made without writing a reason, and cannot be kept for a later call.
#[must_use = "a written reason takes effect only when the token is returned as `Err`"]
pub struct ErrorWritten<'c> {
    call: PhantomData<Brand<'c>>,
}

/// The result of a call that writes why it failed into its error buffer. It has the size of `T`, or
/// of one byte for `()`.
pub type TxResult<'tx, T = ()> = Result<T, ErrorWritten<'tx>>;

impl fmt::Debug for ErrorWritten<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErrorWritten")
    }
}

impl<'c> ErrorSlot<'c> {
    /// Runs `body` with the slot of a buffer, for callers that are not behind the ABI, such as
    /// tests of a [`Host`](crate::host::Host). Returns `None` when the body failed; the buffer then
    /// holds the reason.
    #[inline]
    pub fn scope<R>(
        buffer: &mut RuntimeErrorBuf,
        phase: RuntimeErrorPhase,
        body: impl for<'s> FnOnce(ErrorSlot<'s>) -> TxResult<'s, R>,
    ) -> Option<R> {
        body(ErrorSlot { buffer, phase, call: PhantomData }).ok()
    }

    /// The slot of a foreign `out_error`. It need not be aligned.
    ///
    /// # Safety
    ///
    /// `buffer` is null, or valid for writes for `'c`.
    #[inline]
    pub(crate) const unsafe fn from_raw(
        buffer: *mut RuntimeErrorBuf,
        phase: RuntimeErrorPhase,
    ) -> Self {
        Self { buffer, phase, call: PhantomData }
    }

    /// Buffer and phase, for a struct that stores them beside other fields.
    #[inline]
    pub(crate) const fn into_raw_parts(self) -> (*mut RuntimeErrorBuf, RuntimeErrorPhase) {
        (self.buffer, self.phase)
    }

    pub(crate) const fn phase(self) -> RuntimeErrorPhase {
        self.phase
    }

    /// Firmware has few bytes of flash, so there the function stands once for all call sites.
    #[cfg_attr(target_os = "none", cold, inline(never))]
    pub(super) fn fail_with_arguments(
        self,
        kind: RuntimeErrorKind,
        reason: fmt::Arguments<'_>,
    ) -> ErrorWritten<'c> {
        match reason.as_str() {
            Some(text) => self.write_text(kind, text),
            None => self.write_formatted(kind, reason),
        }
        ErrorWritten { call: PhantomData }
    }

    /// As [`fail_with_arguments`](Self::fail_with_arguments).
    #[cfg_attr(target_os = "none", cold, inline(never))]
    pub(super) fn fail_with_text(self, kind: RuntimeErrorKind, text: &str) -> ErrorWritten<'c> {
        self.write_text(kind, text);
        ErrorWritten { call: PhantomData }
    }

    /// A function of its own, so that a text without arguments needs no stack frame for the writer.
    #[cfg_attr(not(target_os = "none"), inline(never))]
    fn write_formatted(self, kind: RuntimeErrorKind, reason: fmt::Arguments<'_>) {
        if !self.buffer.is_null() {
            self.write(kind, |writer| writer.format(reason));
        }
    }

    /// Writes a text with one copy, without the writer.
    #[inline]
    fn write_text(self, kind: RuntimeErrorKind, text: &str) {
        if self.buffer.is_null() {
            return;
        }
        let text = if text.len() <= RUNTIME_ERROR_MESSAGE_CAPACITY { text } else { cut(text) };
        self.write_header(self.phase, kind, text.len());
        // SAFETY: not null, so valid for writes; computing a field's address reads nothing
        // (rule 9).
        let target = unsafe { &raw mut (*self.buffer).message_buf }.cast::<u8>();
        // SAFETY: the field is valid for writes, and `text` is at most as long (rule 9).
        unsafe { fill_behind(target, text.len()) };
        // SAFETY: `text` is at most as long as the field. It is borrowed, so it does not overlap
        // the buffer, to which no reference exists (rules 3 and 9).
        unsafe { ptr::copy_nonoverlapping(text.as_ptr(), target, text.len()) };
    }

    /// [`fail`](Self::fail) with another call's error: its kind and its text, without formatting.
    /// Bytes that are not UTF-8 become U+FFFD; with the feature `terse` the text ends before them.
    pub(crate) fn pass_on(self, report: &RuntimeErrorBuf) -> ErrorWritten<'c> {
        if cfg!(feature = "terse") {
            return self.fail_with_text(report.kind, report.message().leading());
        }
        match report.ascii() {
            Some(text) => self.write_text(report.kind, text),
            None => self.write_formatted(report.kind, format_args!("{}", report.message())),
        }
        ErrorWritten { call: PhantomData }
    }

    fn write(self, kind: RuntimeErrorKind, reason: impl FnOnce(&mut TextWriter)) {
        // SAFETY: not null, so valid for writes; computing a field's address reads nothing
        // (rule 9).
        let target = unsafe { &raw mut (*self.buffer).message_buf }.cast::<u8>();
        // SAFETY: the field has this capacity, and one call on one thread writes to it
        // (rules 7 and 9).
        let mut writer = unsafe { TextWriter::new(target, RUNTIME_ERROR_MESSAGE_CAPACITY) };
        reason(&mut writer);
        self.write_header(self.phase, kind, writer.len());
        writer.fill();
    }

    /// Resets the header, as a successful call does; the text is not touched (rule 9). Firmware has
    /// few bytes of flash, so there the function stands once.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    pub(crate) fn reset(self) {
        if !self.buffer.is_null() {
            self.write_header(RuntimeErrorBuf::RESET.phase, RuntimeErrorBuf::RESET.kind, 0);
        }
    }

    #[inline]
    fn write_header(self, phase: RuntimeErrorPhase, kind: RuntimeErrorKind, message_len: usize) {
        let header = Header { phase, kind, padding: 0, message_len };
        // SAFETY: the callers checked for null, so the buffer is valid for writes; it begins with a
        // header and may be unaligned (rule 9).
        unsafe { self.buffer.cast::<Header>().write_unaligned(header) };
    }
}

/// Fills the rest of a buffer behind a text of `len` bytes with zeros.
///
/// # Safety
///
/// `start` is valid for writes of [`RUNTIME_ERROR_MESSAGE_CAPACITY`] bytes, and `len` is at most
/// that. The first `len` bytes are still to be written.
#[inline]
unsafe fn fill_behind(start: *mut u8, len: usize) {
    if cfg!(target_os = "none") {
        let rest = start.wrapping_add(len);
        // SAFETY: `rest` is that many bytes before the end of the field, which is valid for writes
        // (rule 9).
        unsafe { ptr::write_bytes(rest, 0, RUNTIME_ERROR_MESSAGE_CAPACITY - len) };
        return;
    }
    // Two blocks, which overlap, or of which the second begins inside the text. Compilers write
    // blocks of up to 256 bytes in place: that takes fewer instructions than a call of `memset`,
    // and no registers saved around it.
    const HALF: usize = RUNTIME_ERROR_MESSAGE_CAPACITY / 2;
    if len < HALF {
        // SAFETY: the block ends before the end of the field, which is valid for writes (rule 9).
        unsafe { ptr::write_bytes(start.wrapping_add(len), 0, HALF) };
    }
    // SAFETY: the second half of the field, which is valid for writes (rule 9).
    unsafe { ptr::write_bytes(start.wrapping_add(HALF), 0, HALF) };
}

/// As much of a text as a buffer holds, up to a char boundary.
#[cold]
#[inline(never)]
fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(RUNTIME_ERROR_MESSAGE_CAPACITY)).unwrap_or_default()
}

/// Resets the header of an optional error buffer. The text is not touched (rule 9).
///
/// # Safety
///
/// `out_error` is null or valid for writes of a [`RuntimeErrorBuf`].
pub unsafe fn clear_runtime_error(out_error: *mut RuntimeErrorBuf) {
    // SAFETY: null or valid for writes, by our contract; the slot is gone when we return (rule 9).
    unsafe { ErrorSlot::from_raw(out_error, RuntimeErrorPhase::Load) }.reset();
}

/// Writes an error into an optional error buffer, and initialises all of it (rule 9).
///
/// # Safety
///
/// `out_error` is null or valid for writes of a [`RuntimeErrorBuf`].
pub unsafe fn write_runtime_error(
    out_error: *mut RuntimeErrorBuf,
    phase: RuntimeErrorPhase,
    kind: RuntimeErrorKind,
    message: &str,
) {
    // SAFETY: null or valid for writes, by our contract; the slot is gone when we return (rule 9).
    let slot = unsafe { ErrorSlot::from_raw(out_error, phase) };
    let _written = slot.fail_with_text(kind, message);
}

/// The first fields of a [`RuntimeErrorBuf`] with their padding as a field, so that one store
/// initialises every byte.
#[repr(C)]
struct Header {
    phase: RuntimeErrorPhase,
    kind: RuntimeErrorKind,
    padding: u16,
    message_len: usize,
}

const _: () = {
    assert!(offset_of!(Header, phase) == offset_of!(RuntimeErrorBuf, phase));
    assert!(offset_of!(Header, kind) == offset_of!(RuntimeErrorBuf, kind));
    assert!(offset_of!(Header, message_len) == offset_of!(RuntimeErrorBuf, message_len));
    assert!(size_of::<Header>() == offset_of!(RuntimeErrorBuf, message_buf));
};

impl fmt::Debug for ErrorSlot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorSlot").field("phase", &self.phase).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::abi::runtime_error_kind::HOST_REJECTED;

    #[test]
    fn old_bytes_stay_behind_a_text() {
        for len in [0, 1, 60, 255, 256, 257, 511, 512] {
            let mut buffer = RuntimeErrorBuf::RESET;
            buffer.message_buf = [0xEE; RUNTIME_ERROR_MESSAGE_CAPACITY];
            let text = "x".repeat(len);
            let phase = RuntimeErrorPhase::RunTx;
            // SAFETY: the buffer is borrowed mutably for the call (rule 9).
            unsafe { write_runtime_error(&raw mut buffer, phase, HOST_REJECTED, &text) };
            let (written, rest) = buffer.message_buf.split_at(len);
            assert!(written.iter().all(|byte| *byte == b'x'), "text of {len} bytes");
            assert!(rest.iter().all(|byte| *byte == 0), "behind a text of {len} bytes");
            assert_eq!((buffer.message_len, buffer.kind), (len, HOST_REJECTED));
        }
    }
}
