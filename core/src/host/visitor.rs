//! The host's side of a visitor: a foreign C function that a record is lent to.

use core::{ffi::c_void, marker::PhantomData};

use crate::abi::{
    RecordKey, RuntimeBytesMutRef, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
    RuntimeRecordKeyVisitor,
};

/// A plugin's visitor for a record lent for reading. It can be called once, and need not be.
#[derive(Debug)]
pub struct BytesVisitor<'v> {
    ctx: *mut c_void,
    visitor: RuntimeBytesVisitor,
    call: PhantomData<&'v mut ()>,
}

/// A plugin's visitor for a record lent for writing. It can be called once, and need not be.
#[derive(Debug)]
pub struct BytesMutVisitor<'v> {
    ctx: *mut c_void,
    visitor: RuntimeBytesMutVisitor,
    call: PhantomData<&'v mut ()>,
}

/// A plugin's visitor for record keys, to be called once per key.
#[derive(Debug)]
pub struct KeyVisitor<'v> {
    ctx: *mut c_void,
    visitor: RuntimeRecordKeyVisitor,
    call: PhantomData<&'v mut ()>,
}

impl BytesVisitor<'_> {
    /// # Safety
    ///
    /// `visitor` may be called with `ctx`, and bytes valid for the call, as long as the value
    /// lives.
    pub(crate) const unsafe fn new(ctx: *mut c_void, visitor: RuntimeBytesVisitor) -> Self {
        Self { ctx, visitor, call: PhantomData }
    }

    /// Lends the bytes.
    pub fn visit(self, bytes: &[u8]) {
        // SAFETY: the promise of `new`; the bytes are borrowed for the call (rule 4).
        unsafe { (self.visitor)(self.ctx, RuntimeBytesRef::from_slice(bytes)) };
    }
}

impl BytesMutVisitor<'_> {
    /// # Safety
    ///
    /// `visitor` may be called with `ctx`, and bytes valid and unshared for the call, as long as
    /// the value lives.
    pub(crate) const unsafe fn new(ctx: *mut c_void, visitor: RuntimeBytesMutVisitor) -> Self {
        Self { ctx, visitor, call: PhantomData }
    }

    /// Lends the bytes. What they are afterwards is whatever the plugin made of them.
    pub fn visit(self, bytes: &mut [u8]) {
        // SAFETY: the promise of `new`; the bytes are borrowed, unshared, for the call (rule 4).
        unsafe { (self.visitor)(self.ctx, RuntimeBytesMutRef::from_slice(bytes)) };
    }
}

impl KeyVisitor<'_> {
    /// # Safety
    ///
    /// `visitor` may be called with `ctx`, any number of times, as long as the value lives.
    pub(crate) const unsafe fn new(ctx: *mut c_void, visitor: RuntimeRecordKeyVisitor) -> Self {
        Self { ctx, visitor, call: PhantomData }
    }

    /// Shows a key.
    pub fn visit(&mut self, key: RecordKey) {
        // SAFETY: the promise of `new` (rule 4).
        unsafe { (self.visitor)(self.ctx, key.into()) };
    }
}
