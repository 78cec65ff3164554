//! Failing a call with a reason.

use core::fmt;

use super::{ErrorSlot, ErrorWritten};
use crate::abi::{RuntimeErrorKind, runtime_error_kind};

impl<'c> ErrorSlot<'c> {
    /// Writes why the call fails.
    ///
    /// The text is cut at 512 bytes, at a char boundary; texts without arguments cost a copy.
    #[inline]
    pub fn fail(self, kind: RuntimeErrorKind, reason: impl Reason) -> ErrorWritten<'c> {
        reason.write_to(self, kind)
    }

    /// [`fail`](Self::fail) with kind 1002, for a configuration that cannot be used.
    #[inline]
    pub fn config_error(self, reason: impl Reason) -> ErrorWritten<'c> {
        self.fail(runtime_error_kind::CONFIG_ERROR, reason)
    }
}

/// The reason of a failure: a text, `format_args!(…)`, or a reference to anything that displays.
///
/// It is written straight into the caller's error buffer. A text is copied in one piece; nothing is
/// allocated.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no reason for a failure",
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
        error.fail_with_arguments(kind, self)
    }
}

impl Reason for &str {
    #[inline]
    fn write_to<'c>(self, error: ErrorSlot<'c>, kind: RuntimeErrorKind) -> ErrorWritten<'c> {
        error.fail_with_text(kind, self)
    }
}

impl<T: fmt::Display> Reason for &T {
    fn write_to<'c>(self, error: ErrorSlot<'c>, kind: RuntimeErrorKind) -> ErrorWritten<'c> {
        error.fail_with_arguments(kind, format_args!("{self}"))
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for core::fmt::Arguments<'_> {}
    impl Sealed for &str {}
    impl<T: core::fmt::Display> Sealed for &T {}
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::abi::{RuntimeErrorBuf, RuntimeErrorPhase, runtime_error_kind::CONFIG_ERROR};
    use std::{format, string::String};

    fn message(fail: impl for<'s> FnOnce(ErrorSlot<'s>) -> ErrorWritten<'s>) -> String {
        let mut buffer = RuntimeErrorBuf::RESET;
        let failed: Option<()> =
            ErrorSlot::scope(&mut buffer, RuntimeErrorPhase::Create, |slot| Err(fail(slot)));
        assert_eq!((failed, buffer.kind), (None, CONFIG_ERROR));
        format!("{}", buffer.message())
    }

    #[test]
    fn a_reason_is_written_as_something_else() {
        assert_eq!(message(|slot| slot.config_error("no colour")), "no colour");
        assert_eq!(message(|slot| slot.config_error(format_args!("no {}", 7))), "no 7");
        assert_eq!(message(|slot| slot.fail(CONFIG_ERROR, &7)), "7");
        assert_eq!(message(|slot| slot.fail(CONFIG_ERROR, &format!("no {}", 7))), "no 7");
        assert_eq!(message(|slot| slot.config_error(&core::fmt::Error)), format!("{}", fmt::Error));
    }

    #[test]
    fn a_text_beyond_the_capacity_is_cut_inside_a_char() {
        let long = "x".repeat(511) + "é";
        assert_eq!(message(|slot| slot.config_error(long.as_str())), "x".repeat(511));
        assert_eq!(message(|slot| slot.config_error(&long)), "x".repeat(511));
    }
}
