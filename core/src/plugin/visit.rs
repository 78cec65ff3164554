//! The plugin's side of a visitor: a closure behind a C function, which the host may call wrongly (rule 4).

mod once;

use core::{ffi::c_void, mem};

pub(crate) use once::{Once, State};

use crate::{
    abi::{
        BytesError, RecordKey, RuntimeBytesMutRef, RuntimeBytesRef, RuntimeRecordKeyView,
        bytes::{slice_mut_within, slice_within},
    },
    limits,
    panic::{Panic, catch},
};

/// What can go wrong with a visit.
pub(crate) enum Trouble<E> {
    /// The closure refused the bytes.
    Refused(E),
    /// The host called the visitor a second time.
    Twice,
    /// The host lent bytes that are no slice.
    Bytes(BytesError),
    /// The closure panicked.
    Panicked(Panic),
}

/// [`RuntimeBytesVisitor`](crate::abi::RuntimeBytesVisitor) over a closure.
///
/// # Safety
///
/// `ctx` is null or a live `Once<F, T, E>` without references to it; the bytes are as the contract says, for the time of the call.
pub(crate) unsafe extern "C" fn visit_bytes<T, E, F: FnOnce(&[u8]) -> Result<T, E>>(
    ctx: *mut c_void,
    bytes: RuntimeBytesRef,
) {
    let call = |visitor: F| {
        // SAFETY: the host lends the bytes for the time of the visit (rule 1).
        let bytes = unsafe { slice_within(bytes, limits::RECORD) }.map_err(Trouble::Bytes)?;
        visitor(bytes).map_err(Trouble::Refused)
    };
    // SAFETY: the caller's promise about `ctx` (rule 4).
    unsafe { run(ctx, call) };
}

/// [`RuntimeBytesMutVisitor`](crate::abi::RuntimeBytesMutVisitor) over a closure.
///
/// # Safety
///
/// As [`visit_bytes`].
pub(crate) unsafe extern "C" fn visit_bytes_mut<T, E, F: FnOnce(&mut [u8]) -> Result<T, E>>(
    ctx: *mut c_void,
    bytes: RuntimeBytesMutRef,
) {
    let call = |visitor: F| {
        // SAFETY: the host lends the bytes, to nobody else, for the time of the visit (rule 1).
        let bytes = unsafe { slice_mut_within(bytes, limits::RECORD) }.map_err(Trouble::Bytes)?;
        visitor(bytes).map_err(Trouble::Refused)
    };
    // SAFETY: the caller's promise about `ctx` (rule 4).
    unsafe { run(ctx, call) };
}

/// Runs the closure of a visit, unless it has run before.
///
/// No reference to the visit exists while the closure runs: a host may call the visitor again from a host call that the closure makes.
///
/// # Safety
///
/// `ctx` is null, or the address of a live `Once<F, T, E>` that nobody holds a reference to.
#[inline]
unsafe fn run<F, T, E>(ctx: *mut c_void, call: impl FnOnce(F) -> Result<T, Trouble<E>>) {
    let this = ctx.cast::<Once<F, T, E>>();
    // SAFETY: the caller's promise (rules 4 and 10).
    let Some(visit) = (unsafe { this.as_mut() }) else { return };
    let Some(visitor) = visit.start() else {
        // What went wrong before says more: a panic, above all, must go on.
        if visit.state() != State::Troubled {
            visit.fail(Trouble::Twice);
        }
        return;
    };
    let caught = catch(|| match call(visitor) {
        Ok(out) => {
            // SAFETY: as above; the reference made before the closure ran is gone (rules 1 and 4).
            let visit = unsafe { &mut *this };
            visit.finish(out);
        }
        Err(trouble) => {
            // SAFETY: as above (rules 1 and 4).
            let visit = unsafe { &mut *this };
            visit.fail(trouble);
        }
    });
    if let Err(panic) = caught {
        // SAFETY: as above (rules 1 and 4).
        let visit = unsafe { &mut *this };
        visit.fail(Trouble::Panicked(panic));
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
fn discard<F>(visitor: F) {
    let _ = catch(|| drop(visitor));
}
