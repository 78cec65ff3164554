//! The one place where panics are caught (rule 2).
//!
//! With feature `std` and unwinding panics, [`catch`] returns what was thrown. Without, a panic
//! never comes back from the closure, and [`Panic`] is a type without values.

#[cfg(all(feature = "std", panic = "unwind"))]
mod caught {
    use core::{fmt, mem};
    use std::{
        any::Any,
        boxed::Box,
        panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
        string::String,
    };

    /// What a panic threw.
    pub(crate) struct Panic(Box<dyn Any + Send>);

    /// Runs `f`. Unwind safety is the caller's: what `f` was working on is quarantined or rolled
    /// back.
    #[inline]
    pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Panic> {
        catch_unwind(AssertUnwindSafe(f)).map_err(Panic)
    }

    impl Panic {
        /// Goes on with the panic where it can unwind again.
        pub(crate) fn resume(mut self) -> ! {
            resume_unwind(self.take())
        }

        fn take(&mut self) -> Box<dyn Any + Send> {
            // The unit stays behind, and costs nothing to drop or to leak.
            mem::replace(&mut self.0, Box::new(()))
        }
    }

    impl fmt::Display for Panic {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let payload = &*self.0;
            let string = || payload.downcast_ref::<String>().map(String::as_str);
            let text = payload.downcast_ref::<&str>().copied().or_else(string);
            f.write_str(text.unwrap_or("(a payload that is not text)"))
        }
    }

    impl Drop for Panic {
        /// A payload's own destructor may panic, and that panic's payload again: the second one is
        /// leaked instead of dropped.
        fn drop(&mut self) {
            let payload = self.take();
            if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                mem::forget(second);
            }
        }
    }
}

#[cfg(not(all(feature = "std", panic = "unwind")))]
mod caught {
    use core::fmt;

    /// No panic comes back here.
    pub(crate) enum Panic {}

    /// Runs `f`.
    #[inline]
    pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Panic> {
        Ok(f())
    }

    impl Panic {
        /// There is nothing to go on with.
        pub(crate) fn resume(self) -> ! {
            match self {}
        }
    }

    impl fmt::Display for Panic {
        fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match *self {}
        }
    }
}

pub(crate) use caught::{Panic, catch};

/// Drops a value where the caller's frame is the other side's: a destructor that panics stops here.
#[cold]
#[inline(never)]
pub(crate) fn discard<T>(value: T) {
    let _ = catch(|| drop(value));
}

/// Whether this build catches panics at the boundary: the feature `std` is on, and panics unwind.
pub const CATCHES_PANICS: bool = cfg!(all(feature = "std", panic = "unwind"));
