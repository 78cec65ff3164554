//! Failing a call with a reason.

use core::fmt;

use super::{ErrorSlot, ErrorWritten};
use crate::abi::{RuntimeErrorKind, runtime_error_kind};

/// True if this build writes fixed short texts: the feature `terse` is on.
const TERSE: bool = cfg!(feature = "terse");

impl<'c> ErrorSlot<'c> {
    /// Writes why the call fails.
    ///
    /// The text is cut at 512 bytes, at a char boundary; texts without arguments cost a copy. With
    /// the feature `terse` nothing is formatted: a text without arguments is copied, and in place
    /// of any other reason stands the name of the kind.
    #[inline(always)]
    pub fn fail(self, kind: RuntimeErrorKind, reason: impl Reason) -> ErrorWritten<'c> {
        reason.write_to(self, kind)
    }

    /// [`fail`](Self::fail) with kind 1002, for a configuration that cannot be used.
    #[inline]
    pub fn config_error(self, reason: impl Reason) -> ErrorWritten<'c> {
        self.fail(runtime_error_kind::CONFIG_ERROR, reason)
    }

    /// [`fail`](Self::fail) with an error of this crate: its whole text, or its short one.
    #[inline]
    pub(crate) fn fail_with(
        self,
        kind: RuntimeErrorKind,
        error: &(impl fmt::Display + ShortText),
    ) -> ErrorWritten<'c> {
        if TERSE {
            self.fail_with_text(kind, error.short_text())
        } else {
            self.fail_with_arguments(kind, format_args!("{error}"))
        }
    }
}

/// Fails a call for a reason of this crate: with the short text in the build of the feature
/// `terse`, otherwise with the arguments of `format_args!` behind it.
macro_rules! fail {
    ($error:expr, $kind:expr, $short:literal, $($text:tt)+) => {
        if cfg!(feature = "terse") {
            $error.fail($kind, $short)
        } else {
            $error.fail($kind, format_args!($($text)+))
        }
    };
}
pub(crate) use fail;

/// An error of this crate that fails a call: the text that stands for it in the feature `terse`.
pub(crate) trait ShortText {
    /// A few words. They name no value, so that no code formats one.
    fn short_text(&self) -> &'static str;
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
    // Always, so that the compiler knows whether there are arguments, and leaves them out of a
    // build that formats nothing.
    #[inline(always)]
    fn write_to<'c>(self, error: ErrorSlot<'c>, kind: RuntimeErrorKind) -> ErrorWritten<'c> {
        match self.as_str() {
            Some(text) if TERSE => error.fail_with_text(kind, text),
            None if TERSE => error.fail_with_text(kind, kind_text(kind)),
            _ => error.fail_with_arguments(kind, self),
        }
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
        if TERSE {
            error.fail_with_text(kind, kind_text(kind))
        } else {
            error.fail_with_arguments(kind, format_args!("{self}"))
        }
    }
}

/// The text in place of a reason that only formatting could write.
const fn kind_text(kind: RuntimeErrorKind) -> &'static str {
    match kind.name() {
        Some(name) => name,
        None => "error",
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
