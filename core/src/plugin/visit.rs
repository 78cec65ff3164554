//! The plugin's side of a visitor: a closure behind a C function, which the host may call wrongly (rule 4).

use core::{ffi::c_void, mem};

use crate::{
    abi::{
        BytesError, RecordKey, RuntimeBytesMutRef, RuntimeBytesRef, RuntimeRecordKeyView,
        bytes::{slice_mut_within, slice_within},
    },
    limits,
    panic::{Panic, catch},
};

/// A closure to be called once with lent bytes, and what became of it.
pub(crate) enum Visit<F, T, E> {
    /// Not called.
    Waiting(F),
    /// Being called.
    Running,
    /// Called once, with good bytes.
    Visited(T),
    /// Called once, with bytes that are a slice but not what the closure expects.
    Refused(E),
    /// Called wrongly.
    Broken(Breach),
    /// Called, and the closure panicked.
    Panicked(Panic),
}

/// How a host called a visitor wrongly.
#[derive(Clone, Copy)]
pub(crate) enum Breach {
    /// A second time.
    Twice,
    /// With bytes that are no slice.
    Bytes(BytesError),
}

impl<F, T, E> Visit<F, T, E> {
    /// Runs the closure, unless it has run before.
    ///
    /// No reference to the visit exists while the closure runs: a host may call the visitor again from a host call that the closure makes.
    ///
    /// # Safety
    ///
    /// `ctx` is null, or the address of a live visit of this very type that nobody holds a reference to.
    #[inline]
    unsafe fn run(ctx: *mut c_void, call: impl FnOnce(F) -> Result<Result<T, E>, BytesError>) {
        let this = ctx.cast::<Self>();
        // SAFETY: the caller's promise (rules 1 and 4).
        let Some(visit) = (unsafe { this.as_mut() }) else { return };
        let visitor = match mem::replace(visit, Self::Running) {
            Self::Waiting(visitor) => visitor,
            before => {
                *visit = Self::Broken(Breach::Twice);
                return discard(before);
            }
        };
        let caught = catch(|| {
            let became = match call(visitor) {
                Ok(Ok(out)) => Self::Visited(out),
                Ok(Err(error)) => Self::Refused(error),
                Err(error) => Self::Broken(Breach::Bytes(error)),
            };
            // SAFETY: as above; the reference made before the closure ran is gone (rules 1 and 4).
            let visit = unsafe { &mut *this };
            if matches!(visit, Self::Running) {
                // Nothing to drop in a visit that runs, which the compiler cannot know.
                mem::forget(mem::replace(visit, became));
            }
        });
        if let Err(panic) = caught {
            // SAFETY: as above (rules 1 and 4).
            let visit = unsafe { &mut *this };
            *visit = Self::Panicked(panic);
        }
    }
}

/// Drops what may panic in doing so.
#[cold]
fn discard<V>(value: V) {
    let _ = catch(|| drop(value));
}

/// [`RuntimeBytesVisitor`](crate::abi::RuntimeBytesVisitor) over a closure.
///
/// # Safety
///
/// `ctx` is null or a live `Visit<F, T, E>` without references to it; the bytes are as the contract says, for the time of the call.
pub(crate) unsafe extern "C" fn visit_bytes<T, E, F: FnOnce(&[u8]) -> Result<T, E>>(
    ctx: *mut c_void,
    bytes: RuntimeBytesRef,
) {
    let call = |visitor: F| {
        // SAFETY: the host lends the bytes for the time of the visit (rule 1).
        let bytes = unsafe { slice_within(bytes, limits::RECORD) }?;
        Ok(visitor(bytes))
    };
    // SAFETY: the caller's promise about `ctx` (rule 4).
    unsafe { Visit::<F, T, E>::run(ctx, call) };
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
        let bytes = unsafe { slice_mut_within(bytes, limits::RECORD) }?;
        Ok(visitor(bytes))
    };
    // SAFETY: the caller's promise about `ctx` (rule 4).
    unsafe { Visit::<F, T, E>::run(ctx, call) };
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
    // SAFETY: the caller's promise (rules 1 and 4).
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
        Ok(()) => {}
        Err(panic) => *visit = VisitKeys::Panicked(panic),
    }
}
