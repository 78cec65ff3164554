//! Catching panics at the boundary (rule 2).
//!
//! With the feature `std` and unwinding panics, [`catch`] returns the panic's payload. Otherwise a
//! panic does not return from the closure, and [`Panic`] has no values.

#[cfg(all(feature = "std", panic = "unwind"))]
mod caught {
    use core::{fmt, mem};
    use std::{
        any::Any,
        boxed::Box,
        panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
        string::String,
    };

    /// The payload of a panic.
    pub(crate) struct Panic(Box<dyn Any + Send>);

    /// Runs `f`. The caller keeps unwind safety: it quarantines or rolls back the state that `f`
    /// changed.
    #[inline]
    pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Panic> {
        catch_unwind(AssertUnwindSafe(f)).map_err(Panic)
    }

    impl Panic {
        /// Resumes the panic, in a frame where it can unwind.
        pub(crate) fn resume(mut self) -> ! {
            resume_unwind(self.take())
        }

        fn take(&mut self) -> Box<dyn Any + Send> {
            // A boxed unit allocates nothing.
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
        /// Drops the payload. Its destructor may panic with another payload, which is leaked,
        /// because its destructor might panic again.
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

    /// Has no values: a panic does not return in this build.
    pub(crate) enum Panic {}

    /// Runs `f`.
    #[inline]
    pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Panic> {
        Ok(f())
    }

    impl Panic {
        /// Not callable: there is no value.
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

/// Drops a value under a frame of the other side. A panic of its destructor is caught.
#[cold]
#[inline(never)]
pub(crate) fn discard<T>(value: T) {
    let _ = catch(|| drop(value));
}

/// True if this build catches panics at the boundary: the feature `std` is on, and panics unwind.
pub const CATCHES_PANICS: bool = cfg!(all(feature = "std", panic = "unwind"));
