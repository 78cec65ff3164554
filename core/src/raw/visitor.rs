//! A closure behind a C visitor, which detects a host that does not call it exactly once (rule 4).

mod key;
mod state;

use core::{
    ffi::c_void,
    mem::{self, MaybeUninit, offset_of},
};

pub(crate) use key::{RepeatVisitor, visit_key};
pub(crate) use state::VisitorState;

use super::record_bounds::HasRecordBounds;
use crate::{
    abi::{RuntimeBytesMutRef, RuntimeBytesRef, RuntimeCallStatus},
    boundary::{
        bytes::{checked_slice, checked_slice_mut},
        panic::{catch, discard},
    },
    typed::DecodeError,
};

/// A closure before its call or its result after it, and the state of the visit.
///
/// The fields are an enum written out. A real enum would hold closure and result in one place, and
/// compilers copy the larger one at every step.
///
/// It has no destructor, so the success path runs no drop glue. All other paths clear it with
/// [`ClearOnDrop`].
#[repr(C)]
pub(crate) struct OneShotVisitor<F, T> {
    /// Tells which field is initialised. It comes first, because the visitor's context points to
    /// it.
    state: VisitorState,
    /// Initialised in stage "waiting".
    visitor: MaybeUninit<F>,
    /// Initialised when a visitor that was called once has returned.
    out: MaybeUninit<T>,
}

/// The answer of a call that looks a record up.
pub(crate) enum LookupResult<T> {
    /// The record exists, and this is the closure's result.
    Record(T),
    /// There is no record, and the visitor was not called.
    Nothing,
    /// Neither; [`VisitorState::lookup_error`] finds the error.
    Unclear,
}

impl<F, T> OneShotVisitor<F, T> {
    #[inline]
    pub(crate) const fn new(visitor: F) -> Self {
        Self {
            state: VisitorState::new(),
            visitor: MaybeUninit::new(visitor),
            out: MaybeUninit::uninit(),
        }
    }

    #[inline]
    pub(crate) const fn state(&mut self) -> &mut VisitorState {
        &mut self.state
    }

    /// The address of the flag by which the host says whether there is a record.
    #[inline]
    pub(crate) const fn out_found(this: *mut Self) -> *mut u8 {
        const { assert!(offset_of!(Self, state) == 0) };
        VisitorState::out_found(this.cast())
    }

    /// Takes the closure for its call, once.
    #[inline]
    pub(super) const fn start(&mut self) -> Option<F> {
        if !self.state.start() {
            return None;
        }
        // SAFETY: the stage was "waiting", in which the closure is initialised, and does not return
        // to it (rule 4).
        Some(unsafe { self.visitor.assume_init_read() })
    }

    /// Takes a closure that was not called.
    #[inline]
    const fn take_visitor(&mut self) -> Option<F> {
        if !self.state.is_untouched() {
            return None;
        }
        self.state.empty();
        // SAFETY: the stage was "waiting", in which the closure is initialised, and does not return
        // to it (rule 4).
        Some(unsafe { self.visitor.assume_init_read() })
    }

    /// Stores the closure's result. The stage is "visited" since the start, or "visited again" if
    /// the host called the visitor from inside it.
    ///
    /// # Safety
    ///
    /// `this` is the address of a live visit without references to it, and its closure has just
    /// returned `out`.
    #[inline]
    pub(super) unsafe fn finish(this: *mut Self, out: T) {
        // SAFETY: `this` is live and unshared. The closure ran once, so no earlier result is
        // overwritten (rule 4).
        unsafe { (*this).out.write(out) };
    }

    /// The answer of a call that visits a record if it exists.
    #[inline]
    pub(crate) const fn found(&mut self, status: RuntimeCallStatus) -> LookupResult<T> {
        if !matches!(status, RuntimeCallStatus::Success) {
            return LookupResult::Unclear;
        }
        if self.state.take_record() {
            // SAFETY: the stage was "visited" and the host's call has returned, so the result is
            // initialised; the stage is now "empty" (rule 4).
            return LookupResult::Record(unsafe { self.out.assume_init_read() });
        }
        if self.state.has_nothing() { LookupResult::Nothing } else { LookupResult::Unclear }
    }

    /// Takes the closure's result, if the visitor was called once.
    #[inline]
    pub(crate) const fn take_only(&mut self) -> Option<T> {
        if !self.state.take_only() {
            return None;
        }
        // SAFETY: the stage was "visited" and the host's call has returned, so the result is
        // initialised; the stage is now "empty" (rule 4).
        Some(unsafe { self.out.assume_init_read() })
    }

    /// Takes the closure's result, also if the visitor was called more than once.
    #[inline]
    const fn take_any(&mut self) -> Option<T> {
        if !self.state.take_any() {
            return None;
        }
        // SAFETY: the stage was "visited" and the host's call has returned, so the result is
        // initialised; the stage is now "empty" (rule 4).
        Some(unsafe { self.out.assume_init_read() })
    }
}

/// Clears a visit whose result is not used, when it goes out of scope: also while a panic unwinds.
pub(crate) struct ClearOnDrop<'v, F, T>(&'v mut OneShotVisitor<F, T>);

impl<'v, F, T> ClearOnDrop<'v, F, T> {
    #[inline]
    pub(crate) const fn of(visit: &'v mut OneShotVisitor<F, T>) -> Self {
        Self(visit)
    }

    #[inline]
    pub(crate) const fn state(&mut self) -> &mut VisitorState {
        &mut self.0.state
    }
}

impl<F, T> Drop for ClearOnDrop<'_, F, T> {
    /// Drops the closure if it was not called, and the result if there is one.
    #[inline]
    fn drop(&mut self) {
        if const { mem::needs_drop::<F>() } {
            drop(self.0.take_visitor());
        }
        if const { mem::needs_drop::<T>() } {
            drop(self.0.take_any());
        }
    }
}

/// [`RuntimeBytesVisitor`](crate::abi::RuntimeBytesVisitor) over a closure.
///
/// # Safety
///
/// `ctx` is null or points to a live `OneShotVisitor<F, T>` to which no reference exists. The bytes
/// are valid as the contract says during the call.
pub(crate) unsafe extern "C" fn visit_bytes<
    L: HasRecordBounds,
    T,
    F: FnOnce(&[u8]) -> Result<T, DecodeError>,
>(
    ctx: *mut c_void,
    bytes: RuntimeBytesRef,
) {
    let call = |visitor: F| {
        // SAFETY: `run` checked pointer and length before this call, and the host lends the bytes
        // for the visit (rule 1).
        visitor(unsafe { checked_slice(bytes) })
    };
    // SAFETY: `ctx` is null or such a visitor, by this function's contract (rule 4).
    unsafe { run::<L, F, T>(ctx, bytes.ptr, bytes.len, call) };
}

/// [`RuntimeBytesMutVisitor`](crate::abi::RuntimeBytesMutVisitor) over a closure.
///
/// # Safety
///
/// As [`visit_bytes`].
pub(crate) unsafe extern "C" fn visit_bytes_mut<
    L: HasRecordBounds,
    T,
    F: FnOnce(&mut [u8]) -> Result<T, DecodeError>,
>(
    ctx: *mut c_void,
    bytes: RuntimeBytesMutRef,
) {
    let call = |visitor: F| {
        // SAFETY: `run` checked pointer and length before this call, and the host lends the bytes
        // for the visit, to this visitor alone (rule 1).
        visitor(unsafe { checked_slice_mut(bytes) })
    };
    // SAFETY: `ctx` is null or such a visitor, by this function's contract (rule 4).
    unsafe { run::<L, F, T>(ctx, bytes.ptr, bytes.len, call) };
}

/// Runs the closure of a visit, unless it ran before or the bytes do not fit.
///
/// No reference to the visit exists while the closure runs, because the closure may make a host
/// call, and the host may call the visitor again from it. Early exits call cold functions that take
/// integers, so the success path needs no stack frame.
///
/// # Safety
///
/// `ctx` is null or points to a live `OneShotVisitor<F, T>` to which no reference exists.
#[inline]
unsafe fn run<L: HasRecordBounds, F, T>(
    ctx: *mut c_void,
    bytes: *const u8,
    len: usize,
    call: impl FnOnce(F) -> Result<T, DecodeError>,
) {
    let this = ctx.cast::<OneShotVisitor<F, T>>();
    // SAFETY: null or a live visit; this reference is last used before the closure runs
    // (rules 4 and 10).
    let Some(visit) = (unsafe { this.as_mut() }) else { return };
    let Some(visitor) = visit.start() else { return visit.state().again() };
    if !const { L::BOUNDS }.admits(bytes.is_null(), len) {
        visit.state().unusable(bytes, len);
        if const { mem::needs_drop::<F>() } {
            discard(visitor);
        }
        return;
    }
    let caught = catch(|| {
        match call(visitor) {
            // SAFETY: the visit lives during the host's call; no reference to it exists here, and
            // the closure has just returned its only result (rules 4 and 10).
            Ok(out) => unsafe { OneShotVisitor::finish(this, out) },
            // SAFETY: the visit lives during the host's call, and no other reference to it exists
            // here (rules 4 and 10).
            Err(error) => unsafe { &mut *this }.state().refused(error),
        }
    });
    if let Err(panic) = caught {
        // SAFETY: the visit lives during the host's call, and no other reference to it exists here
        // (rules 4 and 10).
        unsafe { &mut *this }.state().panicked(panic);
    }
}
