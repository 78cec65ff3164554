//! A closure behind a C visitor that the host may call once, and may call wrongly (rule 4).

mod state;

use core::{
    ffi::c_void,
    mem::{self, MaybeUninit, offset_of},
};

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

/// A closure before its call, or its result after, and how the visit went.
///
/// An enum in fields: the state is one byte, and a result is written where it is read. As an enum
/// both variants share one place, and compilers copy the larger at every step.
///
/// It has no destructor, so that a call that goes well runs no drop glue. A call that ends
/// otherwise clears it: see [`ClearOnDrop`].
#[repr(C)]
pub(crate) struct OneShotVisitor<F, T> {
    /// Says which of the fields is initialised; only this module and [`VisitorState`] write it. In
    /// front, where the visitor's address points.
    state: VisitorState,
    /// While the state is waiting.
    visitor: MaybeUninit<F>,
    /// Once the visitor has returned.
    out: MaybeUninit<T>,
}

/// What a call that looks for a record has found.
pub(crate) enum LookupResult<T> {
    /// The record, and this is what the visitor made of it.
    Record(T),
    /// There is none, and the visitor saw nothing.
    Nothing,
    /// Neither: [`VisitorState::why`].
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

    /// Where the host writes whether there is a record, in a visit at that address.
    #[inline]
    pub(crate) const fn out_found(this: *mut Self) -> *mut u8 {
        const { assert!(offset_of!(Self, state) == 0) };
        VisitorState::out_found(this.cast())
    }

    /// Gives out the closure to be called, once.
    #[inline]
    pub(super) const fn start(&mut self) -> Option<F> {
        if !self.state.start() {
            return None;
        }
        // SAFETY: the state was "waiting", in which the closure is initialised, and has just left
        // it for good (rule 4).
        Some(unsafe { self.visitor.assume_init_read() })
    }

    /// Gives out a closure that was not called.
    #[inline]
    const fn take_visitor(&mut self) -> Option<F> {
        if !self.state.is_untouched() {
            return None;
        }
        self.state.empty();
        // SAFETY: the state was "waiting", in which the closure is initialised, and has just left
        // it for good (rule 4).
        Some(unsafe { self.visitor.assume_init_read() })
    }

    /// Keeps the closure's result. The state has said "visited" since the start; if the host called
    /// the visitor again meanwhile, it says so.
    ///
    /// # Safety
    ///
    /// `this` is the address of a live visit without references to it, and its closure has just
    /// returned `out`.
    #[inline]
    pub(super) unsafe fn finish(this: *mut Self, out: T) {
        // SAFETY: live and unshared, by the caller's promise. Nothing is overwritten: the closure
        // ran once, so this is the first result (rule 4).
        unsafe { (*this).out.write(out) };
    }

    /// The answer to a call that visits a record if it exists.
    #[inline]
    pub(crate) const fn found(&mut self, status: RuntimeCallStatus) -> LookupResult<T> {
        if !matches!(status, RuntimeCallStatus::Success) {
            return LookupResult::Unclear;
        }
        if self.state.take_record() {
            // SAFETY: the visitor has returned, so its closure's result is initialised; the state
            // is now "empty" (rule 4).
            return LookupResult::Record(unsafe { self.out.assume_init_read() });
        }
        if self.state.has_nothing() { LookupResult::Nothing } else { LookupResult::Unclear }
    }

    /// What the closure made, if the visitor was called once.
    #[inline]
    pub(crate) const fn take_only(&mut self) -> Option<T> {
        if !self.state.take_only() {
            return None;
        }
        // SAFETY: the visitor has returned, so its closure's result is initialised; the state is
        // now "empty" (rule 4).
        Some(unsafe { self.out.assume_init_read() })
    }

    /// What the closure made, however often the visitor was called.
    #[inline]
    const fn take_any(&mut self) -> Option<T> {
        if !self.state.take_any() {
            return None;
        }
        // SAFETY: the visitor has returned, so its closure's result is initialised; the state is
        // now "empty" (rule 4).
        Some(unsafe { self.out.assume_init_read() })
    }
}

/// Clears a visit that gave no result, when it goes out of scope: also when the closure's panic
/// goes on.
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
/// `ctx` is null or a live `OneShotVisitor<F, T>` without references to it; the bytes are as the
/// contract says, for the time of the call.
pub(crate) unsafe extern "C" fn visit_bytes<
    L: HasRecordBounds,
    T,
    F: FnOnce(&[u8]) -> Result<T, DecodeError>,
>(
    ctx: *mut c_void,
    bytes: RuntimeBytesRef,
) {
    let call = |visitor: F| {
        // SAFETY: the host lends the bytes for the time of the visit; pointer and length fit
        // (rule 1).
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
    L: HasRecordBounds,
    T,
    F: FnOnce(&mut [u8]) -> Result<T, DecodeError>,
>(
    ctx: *mut c_void,
    bytes: RuntimeBytesMutRef,
) {
    let call = |visitor: F| {
        // SAFETY: the host lends the bytes, to nobody else, for the time of the visit; pointer and
        // length fit (rule 1).
        visitor(unsafe { checked_slice_mut(bytes) })
    };
    // SAFETY: the caller's promise about `ctx` (rule 4).
    unsafe { run::<L, F, T>(ctx, bytes.ptr, bytes.len, call) };
}

/// Runs the closure of a visit, unless it has run before or the bytes are not what it needs.
///
/// No reference to the visit exists while the closure runs: a host may call the visitor again from
/// a host call that the closure makes. What ends it early is a call with nothing but numbers, so
/// that a visit that goes well needs no stack.
///
/// # Safety
///
/// `ctx` is null, or the address of a live `OneShotVisitor<F, T>` that nobody holds a reference to.
#[inline]
unsafe fn run<L: HasRecordBounds, F, T>(
    ctx: *mut c_void,
    bytes: *const u8,
    len: usize,
    call: impl FnOnce(F) -> Result<T, DecodeError>,
) {
    let this = ctx.cast::<OneShotVisitor<F, T>>();
    // SAFETY: the caller's promise (rules 4 and 10).
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
            // SAFETY: live, by the caller's promise; the reference made before the closure ran is
            // gone, and it ran once (rules 4 and 10).
            Ok(out) => unsafe { OneShotVisitor::finish(this, out) },
            // SAFETY: live, by the caller's promise; the reference made before the closure ran is
            // gone (rules 4 and 10).
            Err(error) => unsafe { &mut *this }.state().refused(error),
        }
    });
    if let Err(panic) = caught {
        // SAFETY: live, by the caller's promise; the reference made before the closure ran is gone
        // (rules 4 and 10).
        unsafe { &mut *this }.state().panicked(panic);
    }
}
