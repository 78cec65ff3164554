//! Visitors that a host's layer watches: a function decides each time whether they are called.

use core::ffi::c_void;

use super::{BytesMutVisitor, BytesVisitor, KeyVisitor};
use crate::abi::{
    RuntimeBytesMutRef, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
    RuntimeRecordKeyView, RuntimeRecordKeyVisitor,
};

/// Bytes that a guard is told for a key: the size of the C struct.
const KEY_BYTES: usize = 16;

/// A plugin's visitor with a function in front of it. The function gets the number of bytes, and
/// returns false to skip the visitor.
struct Guarded<'g, V> {
    ctx: *mut c_void,
    visitor: V,
    allows: &'g dyn Fn(usize) -> bool,
}

impl BytesVisitor<'_> {
    /// Passes a visitor with a guard in front of it to `call`.
    pub(crate) fn guarded<R>(
        self,
        allows: &dyn Fn(usize) -> bool,
        call: impl FnOnce(BytesVisitor<'_>) -> R,
    ) -> R {
        let guarded = Guarded { ctx: self.ctx, visitor: self.visitor, allows };
        let ctx = (&raw const guarded).cast_mut().cast();
        // SAFETY: `visit` takes the address of a `Guarded` of its type; it lives until `call` has
        // returned, and the visitor cannot leave it (rule 4).
        call(unsafe { BytesVisitor::new(ctx, visit) })
    }
}

impl BytesMutVisitor<'_> {
    /// Passes a visitor with a guard in front of it to `call`.
    pub(crate) fn guarded<R>(
        self,
        allows: &dyn Fn(usize) -> bool,
        call: impl FnOnce(BytesMutVisitor<'_>) -> R,
    ) -> R {
        let guarded = Guarded { ctx: self.ctx, visitor: self.visitor, allows };
        let ctx = (&raw const guarded).cast_mut().cast();
        // SAFETY: `visit_mut` takes the address of a `Guarded` of its type; it lives until `call`
        // has returned, and the visitor cannot leave it (rule 4).
        call(unsafe { BytesMutVisitor::new(ctx, visit_mut) })
    }
}

impl KeyVisitor<'_> {
    /// Passes a visitor with a guard in front of it to `call`.
    pub(crate) fn guarded<R>(
        self,
        allows: &dyn Fn(usize) -> bool,
        call: impl FnOnce(KeyVisitor<'_>) -> R,
    ) -> R {
        let guarded = Guarded { ctx: self.ctx, visitor: self.visitor, allows };
        let ctx = (&raw const guarded).cast_mut().cast();
        // SAFETY: `visit_key` takes the address of a `Guarded` of its type; it lives until `call`
        // has returned, and the visitor cannot leave it (rule 4).
        call(unsafe { KeyVisitor::new(ctx, visit_key) })
    }
}

unsafe extern "C" fn visit(ctx: *mut c_void, bytes: RuntimeBytesRef) {
    // SAFETY: `guarded` gave this function with the address of this type, which lives (rule 4).
    let guarded = unsafe { &*ctx.cast::<Guarded<'_, RuntimeBytesVisitor>>() };
    if (guarded.allows)(bytes.len) {
        // SAFETY: the plugin's visitor may be called with its context and these bytes, as the host
        // calls it (rule 4).
        unsafe { (guarded.visitor)(guarded.ctx, bytes) };
    }
}

unsafe extern "C" fn visit_mut(ctx: *mut c_void, bytes: RuntimeBytesMutRef) {
    // SAFETY: `guarded` gave this function with the address of this type, which lives (rule 4).
    let guarded = unsafe { &*ctx.cast::<Guarded<'_, RuntimeBytesMutVisitor>>() };
    if (guarded.allows)(bytes.len) {
        // SAFETY: the plugin's visitor may be called with its context and these bytes, as the host
        // calls it (rule 4).
        unsafe { (guarded.visitor)(guarded.ctx, bytes) };
    }
}

unsafe extern "C" fn visit_key(ctx: *mut c_void, key: RuntimeRecordKeyView) {
    // SAFETY: `guarded` gave this function with the address of this type, which lives (rule 4).
    let guarded = unsafe { &*ctx.cast::<Guarded<'_, RuntimeRecordKeyVisitor>>() };
    if (guarded.allows)(KEY_BYTES) {
        // SAFETY: the plugin's visitor may be called any number of times with its context, as the
        // host calls it (rule 4).
        unsafe { (guarded.visitor)(guarded.ctx, key) };
    }
}
