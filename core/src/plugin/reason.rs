//! Reasons to reject a command.

use core::fmt;

use crate::{
    abi::RuntimeErrorKind,
    boundary::{ErrorSlot, ErrorWritten},
};

/// A reason to reject a command: a text, `format_args!(…)`, or a reference to anything that
/// displays.
///
/// It is written straight into the caller's error buffer. A text is copied in one piece; nothing is
/// allocated.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no reason for a rejection",
    note = "pass a text, `format_args!(…)`, or a reference to a value that displays: `tx.reject(&error)`"
)]
pub trait Reason: sealed::Sealed {
    /// Writes the reason.
    #[doc(hidden)]
    fn write_to<'c>(self, error: ErrorSlot<'c>, kind: RuntimeErrorKind) -> ErrorWritten<'c>;
}

impl Reason for fmt::Arguments<'_> {
    #[inline]
    fn write_to<'c>(self, error: ErrorSlot<'c>, kind: RuntimeErrorKind) -> ErrorWritten<'c> {
        error.fail(kind, self)
    }
}

impl Reason for &str {
    #[inline]
    fn write_to<'c>(self, error: ErrorSlot<'c>, kind: RuntimeErrorKind) -> ErrorWritten<'c> {
        error.fail_with(kind, self)
    }
}

impl<T: fmt::Display> Reason for &T {
    fn write_to<'c>(self, error: ErrorSlot<'c>, kind: RuntimeErrorKind) -> ErrorWritten<'c> {
        error.fail(kind, format_args!("{self}"))
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for core::fmt::Arguments<'_> {}
    impl Sealed for &str {}
    impl<T: core::fmt::Display> Sealed for &T {}
}
