//! The plugin's side of a visitor: a closure behind a C function, which the host may call wrongly (rule 4).

mod course;
mod once;

use core::{ffi::c_void, mem};

pub(crate) use course::Course;
pub(crate) use once::{Found, Leftover, Once};

use crate::{
    abi::{
        RecordKey, RuntimeBytesMutRef, RuntimeBytesRef, RuntimeRecordKeyView,
        bytes::{checked_slice, checked_slice_mut},
    },
    limits,
    panic::{Panic, catch},
    typed::DecodeError,
};

/// What a visitor is to be lent.
#[derive(Clone, Copy)]
pub(crate) struct Lent {
    /// The record's name, for an error's text.
    name: &'static str,
    /// The fewest bytes that the visitor can do with; at most [`limits::RECORD`].
    at_least: usize,
}

/// A constant [`Lent`]: so the comparison is made of constants, before the closure, and a closure that needs as many bytes compares nothing.
pub(crate) trait Lends {
    const LENT: Lent;
}

/// Bytes of any number.
pub(crate) enum AnyBytes {}

impl Lends for AnyBytes {
    const LENT: Lent = Lent::record("record", 0);
}

impl Lent {
    /// What is longer than a host may lend does not compile: no visitor could ever be given it.
    pub(crate) const fn record(name: &'static str, at_least: usize) -> Self {
        assert!(at_least <= limits::RECORD, "a record is longer than `limits::RECORD`");
        Self { name, at_least }
    }

    /// Whether a visitor can be given so many bytes from there.
    #[inline]
    const fn fits(self, is_null: bool, len: usize) -> bool {
        // The usual case first: a host that knows the schema lends exactly the record.
        if self.at_least > 0 && len == self.at_least {
            return !is_null;
        }
        let within = len.wrapping_sub(self.at_least) <= limits::RECORD - self.at_least;
        within && (!is_null || len == 0)
    }

    #[cold]
    const fn short(self, found: usize) -> DecodeError {
        DecodeError::Short { name: self.name, needed: self.at_least, found }
    }
}

/// [`RuntimeBytesVisitor`](crate::abi::RuntimeBytesVisitor) over a closure.
///
/// # Safety
///
/// `ctx` is null or a live `Once<F, T>` without references to it; the bytes are as the contract says, for the time of the call.
pub(crate) unsafe extern "C" fn visit_bytes<
    L: Lends,
    T,
    F: FnOnce(&[u8]) -> Result<T, DecodeError>,
>(
    ctx: *mut c_void,
    bytes: RuntimeBytesRef,
) {
    let call = |visitor: F| {
        // SAFETY: the host lends the bytes for the time of the visit; pointer and length fit (rule 1).
        visitor(unsafe { checked_slice(bytes) })
    };
    // SAFETY: the caller's promise about `ctx` (rule 4).
    unsafe { run::<L, F, T>(ctx, bytes.ptr, bytes.len, call) };
}

/// [`RuntimeBytesMutVisitor`](crate::abi::RuntimeBytesMutVisitor) over a closure.
///
/// # Safety
///
/// As [`visit_bytes`].
pub(crate) unsafe extern "C" fn visit_bytes_mut<
    L: Lends,
    T,
    F: FnOnce(&mut [u8]) -> Result<T, DecodeError>,
>(
    ctx: *mut c_void,
    bytes: RuntimeBytesMutRef,
) {
    let call = |visitor: F| {
        // SAFETY: the host lends the bytes, to nobody else, for the time of the visit; pointer and length fit (rule 1).
        visitor(unsafe { checked_slice_mut(bytes) })
    };
    // SAFETY: the caller's promise about `ctx` (rule 4).
    unsafe { run::<L, F, T>(ctx, bytes.ptr, bytes.len, call) };
}

/// Runs the closure of a visit, unless it has run before or the bytes are not what it needs.
///
/// No reference to the visit exists while the closure runs: a host may call the visitor again from a host call that the closure makes. What
/// ends it early is a call with nothing but numbers, so that a visit that goes well needs no stack.
///
/// # Safety
///
/// `ctx` is null, or the address of a live `Once<F, T>` that nobody holds a reference to.
#[inline]
unsafe fn run<L: Lends, F, T>(
    ctx: *mut c_void,
    bytes: *const u8,
    len: usize,
    call: impl FnOnce(F) -> Result<T, DecodeError>,
) {
    let this = ctx.cast::<Once<F, T>>();
    // SAFETY: the caller's promise (rules 4 and 10).
    let Some(visit) = (unsafe { this.as_mut() }) else { return };
    let Some(visitor) = visit.start() else { return visit.course().again() };
    if !const { L::LENT }.fits(bytes.is_null(), len) {
        visit.course().unusable(bytes, len);
        if const { mem::needs_drop::<F>() } {
            discard(visitor);
        }
        return;
    }
    let caught = catch(|| {
        match call(visitor) {
            // SAFETY: live, by the caller's promise; the reference made before the closure ran is gone, and it ran once (rules 4 and 10).
            Ok(out) => unsafe { Once::finish(this, out) },
            // SAFETY: live, by the caller's promise; the reference made before the closure ran is gone (rules 4 and 10).
            Err(error) => unsafe { &mut *this }.course().refused(error),
        }
    });
    if let Err(panic) = caught {
        // SAFETY: live, by the caller's promise; the reference made before the closure ran is gone (rules 4 and 10).
        unsafe { &mut *this }.course().panicked(panic);
    }
}

/// A closure to be called any number of times, one after another, with a record key.
pub(crate) enum VisitKeys<F> {
    /// Not being called.
    Waiting(F),
    /// Being called.
    Running,
    /// Called from inside itself.
    Nested,
    /// Called, and the closure panicked. What follows is ignored.
    Panicked(Panic),
}

/// [`RuntimeRecordKeyVisitor`](crate::abi::RuntimeRecordKeyVisitor) over a closure.
///
/// # Safety
///
/// `ctx` is null or a live `VisitKeys<F>` without references to it.
pub(crate) unsafe extern "C" fn visit_key<F: FnMut(RecordKey)>(
    ctx: *mut c_void,
    key: RuntimeRecordKeyView,
) {
    let this = ctx.cast::<VisitKeys<F>>();
    // SAFETY: the caller's promise (rules 4 and 10).
    let Some(visit) = (unsafe { this.as_mut() }) else { return };
    let mut visitor = match mem::replace(visit, VisitKeys::Running) {
        VisitKeys::Waiting(visitor) => visitor,
        VisitKeys::Running => {
            *visit = VisitKeys::Nested;
            return;
        }
        done @ (VisitKeys::Nested | VisitKeys::Panicked(_)) => {
            *visit = done;
            return;
        }
    };
    let caught = catch(|| visitor(key.into()));
    // SAFETY: as above; the reference made before the closure ran is gone (rules 1 and 4).
    let visit = unsafe { &mut *this };
    match caught {
        Ok(()) if matches!(visit, VisitKeys::Running) => *visit = VisitKeys::Waiting(visitor),
        Ok(()) => discard(visitor),
        Err(panic) => {
            *visit = VisitKeys::Panicked(panic);
            discard(visitor);
        }
    }
}

/// Drops a closure where there is a host's frame above: a destructor that panics stops here.
#[cold]
#[inline(never)]
fn discard<F>(visitor: F) {
    let _ = catch(|| drop(visitor));
}

#[cfg(test)]
mod tests {
    use super::{Lent, limits::RECORD};

    #[test]
    fn a_record_fits_from_its_own_length_to_the_longest_that_is_believed() {
        for (at_least, len, fits) in [
            (0, 0, true),
            (0, RECORD, true),
            (0, RECORD + 1, false),
            (0, usize::MAX, false),
            (48, 47, false),
            (48, 48, true),
            (48, RECORD, true),
            (48, RECORD + 1, false),
            (48, usize::MAX, false),
            (RECORD, RECORD - 1, false),
            (RECORD, RECORD, true),
            (RECORD, RECORD + 1, false),
        ] {
            let lent = Lent::record("record", at_least);
            assert_eq!(lent.fits(false, len), fits, "{len} bytes for {at_least}");
            assert_eq!(lent.fits(true, len), fits && len == 0, "null and {len} for {at_least}");
        }
    }

    #[test]
    #[should_panic = "a record is longer than `limits::RECORD`"]
    fn a_record_that_no_host_may_lend_is_refused_when_it_is_declared() {
        let _ = Lent::record("record", RECORD + 1);
    }
}
