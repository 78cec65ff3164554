//! Closures as visitors.

use std::ffi::c_void;

use statevec_abi::{
    abi::{RuntimeBytesMutRef, RuntimeBytesRef, RuntimeRecordKeyView},
    boundary::{runtime_bytes_slice, runtime_bytes_slice_mut},
};

/// A closure, and how often it was called with what it can use.
pub(crate) struct Visitor<F> {
    pub(crate) visit: F,
    pub(crate) calls: usize,
    pub(crate) bad_slices: usize,
}

impl<F> Visitor<F> {
    pub(crate) const fn new(visit: F) -> Self {
        Self { visit, calls: 0, bad_slices: 0 }
    }

    pub(crate) fn ctx(&mut self) -> *mut c_void {
        (&raw mut *self).cast()
    }
}

pub(crate) unsafe extern "C" fn read<F: FnMut(&[u8])>(ctx: *mut c_void, bytes: RuntimeBytesRef) {
    // SAFETY: every call that passes this function passes the address of this type, which lives
    // during the call (rule 4).
    let visitor = unsafe { &mut *ctx.cast::<Visitor<F>>() };
    visitor.calls += 1;
    // SAFETY: the host lends the bytes for the visit (rule 10).
    match unsafe { runtime_bytes_slice(bytes) } {
        Ok(bytes) => (visitor.visit)(bytes),
        Err(_) => visitor.bad_slices += 1,
    }
}

pub(crate) unsafe extern "C" fn write<F: FnMut(&mut [u8])>(
    ctx: *mut c_void,
    bytes: RuntimeBytesMutRef,
) {
    // SAFETY: every call that passes this function passes the address of this type, which lives
    // during the call (rule 4).
    let visitor = unsafe { &mut *ctx.cast::<Visitor<F>>() };
    visitor.calls += 1;
    // SAFETY: the host lends the bytes for the visit (rule 10).
    match unsafe { runtime_bytes_slice_mut(bytes) } {
        Ok(bytes) => (visitor.visit)(bytes),
        Err(_) => visitor.bad_slices += 1,
    }
}

pub(crate) unsafe extern "C" fn key<F: FnMut(RuntimeRecordKeyView)>(
    ctx: *mut c_void,
    key: RuntimeRecordKeyView,
) {
    // SAFETY: every call that passes this function passes the address of this type, which lives
    // during the call (rule 4).
    let visitor = unsafe { &mut *ctx.cast::<Visitor<F>>() };
    visitor.calls += 1;
    (visitor.visit)(key);
}
