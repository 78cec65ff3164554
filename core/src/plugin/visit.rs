//! The plugin's side of a visitor: a closure behind a C function, which the host may call wrongly (rule 4).

use core::ffi::c_void;

use crate::{
    abi::{
        BytesError, RecordKey, RuntimeBytesMutRef, RuntimeBytesRef, RuntimeRecordKeyView,
        bytes::{slice_mut_within, slice_within},
    },
    limits,
    panic::{Panic, catch},
};

/// A closure to be called once with lent bytes, and what became of it.
pub(crate) struct VisitOnce<F, T> {
    visitor: Option<F>,
    pub(crate) out: Option<T>,
    pub(crate) state: VisitState,
}

/// What the host has done with a visitor.
pub(crate) enum VisitState {
    /// Not called.
    Waiting,
    /// Called once, with good bytes.
    Visited,
    /// Called a second time.
    Twice,
    /// Called with bytes that are no slice.
    Bytes(BytesError),
    /// Called, and the closure panicked.
    Panicked(Panic),
}

impl<F, T> VisitOnce<F, T> {
    pub(crate) const fn new(visitor: F) -> Self {
        Self { visitor: Some(visitor), out: None, state: VisitState::Waiting }
    }

    /// Runs the closure, unless it has run before.
    ///
    /// No reference to the visit exists while the closure runs: a host may call the visitor again from a host call that the closure makes.
    ///
    /// # Safety
    ///
    /// `ctx` is null, or the address of a live visit of this very type that nobody holds a reference to.
    unsafe fn run(ctx: *mut c_void, call: impl FnOnce(F) -> Result<T, BytesError>) {
        let this = ctx.cast::<Self>();
        // SAFETY: the caller's promise (rules 1 and 4).
        let Some(visit) = (unsafe { this.as_mut() }) else {
            return;
        };
        let Some(visitor) = visit.visitor.take() else {
            visit.state = VisitState::Twice;
            return;
        };
        let (out, state) = match catch(|| call(visitor)) {
            Ok(Ok(out)) => (Some(out), VisitState::Visited),
            Ok(Err(error)) => (None, VisitState::Bytes(error)),
            Err(panic) => (None, VisitState::Panicked(panic)),
        };
        // SAFETY: as above; the reference made before the closure ran is gone (rules 1 and 4).
        let visit = unsafe { &mut *this };
        visit.out = out;
        if !matches!((&visit.state, &state), (VisitState::Twice, VisitState::Visited)) {
            visit.state = state;
        }
    }
}

/// [`RuntimeBytesVisitor`](crate::abi::RuntimeBytesVisitor) over a closure.
///
/// # Safety
///
/// `ctx` is null or a live `VisitOnce<F, T>` without references to it; the bytes are as the contract says, for the time of the call.
pub(crate) unsafe extern "C" fn visit_bytes<T, F: FnOnce(&[u8]) -> T>(
    ctx: *mut c_void,
    bytes: RuntimeBytesRef,
) {
    let call = |visitor: F| {
        // SAFETY: the host lends the bytes for the time of the visit (rule 1).
        let bytes = unsafe { slice_within(bytes, limits::RECORD) }?;
        Ok(visitor(bytes))
    };
    // SAFETY: the caller's promise about `ctx` (rule 4).
    unsafe { VisitOnce::<F, T>::run(ctx, call) };
}

/// [`RuntimeBytesMutVisitor`](crate::abi::RuntimeBytesMutVisitor) over a closure.
///
/// # Safety
///
/// As [`visit_bytes`].
pub(crate) unsafe extern "C" fn visit_bytes_mut<T, F: FnOnce(&mut [u8]) -> T>(
    ctx: *mut c_void,
    bytes: RuntimeBytesMutRef,
) {
    let call = |visitor: F| {
        // SAFETY: the host lends the bytes, to nobody else, for the time of the visit (rule 1).
        let bytes = unsafe { slice_mut_within(bytes, limits::RECORD) }?;
        Ok(visitor(bytes))
    };
    // SAFETY: the caller's promise about `ctx` (rule 4).
    unsafe { VisitOnce::<F, T>::run(ctx, call) };
}

/// A closure to be called any number of times, one after another, with a record key.
pub(crate) struct VisitKeys<F> {
    /// `None` while the closure runs, and for good once it panicked.
    visitor: Option<F>,
    pub(crate) state: VisitState,
}

impl<F> VisitKeys<F> {
    pub(crate) const fn new(visitor: F) -> Self {
        Self { visitor: Some(visitor), state: VisitState::Waiting }
    }
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
    let Some(visit) = (unsafe { this.as_mut() }) else {
        return;
    };
    let Some(mut visitor) = visit.visitor.take() else {
        // Called from inside itself; or after a panic, which says more.
        if !matches!(visit.state, VisitState::Panicked(_)) {
            visit.state = VisitState::Twice;
        }
        return;
    };
    let result = catch(|| visitor(key.into()));
    // SAFETY: as above; the reference made before the closure ran is gone (rules 1 and 4).
    let visit = unsafe { &mut *this };
    match result {
        Ok(()) => visit.visitor = Some(visitor),
        Err(panic) => visit.state = VisitState::Panicked(panic),
    }
}
