//! The host's side of a visitor: a foreign C function to which the host lends a record.

use core::{ffi::c_void, marker::PhantomData};

use crate::abi::{
    RecordKey, RuntimeBytesMutRef, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
    RuntimeRecordKeyVisitor,
};

/// A plugin's visitor for a record lent for reading. It can be called once, and need not be.
#[derive(Debug)]
pub struct BytesVisitor<'v> {
    pub(super) ctx: *mut c_void,
    pub(super) visitor: RuntimeBytesVisitor,
    call: PhantomData<&'v mut ()>,
}

/// A plugin's visitor for a record lent for writing. It can be called once, and need not be.
#[derive(Debug)]
pub struct BytesMutVisitor<'v> {
    pub(super) ctx: *mut c_void,
    pub(super) visitor: RuntimeBytesMutVisitor,
    call: PhantomData<&'v mut ()>,
}

/// A plugin's visitor for record keys, to be called once per key.
#[derive(Debug)]
pub struct KeyVisitor<'v> {
    pub(super) ctx: *mut c_void,
    pub(super) visitor: RuntimeRecordKeyVisitor,
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
        // SAFETY: the caller of `new` promised that the visitor may be called; the bytes are
        // borrowed for the call (rule 4).
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

    /// Lends the bytes. The plugin may change them in any way.
    pub fn visit(self, bytes: &mut [u8]) {
        // SAFETY: the caller of `new` promised that the visitor may be called; the bytes are
        // borrowed mutably for the call (rule 4).
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
        // SAFETY: the caller of `new` promised that the visitor may be called any number of times
        // (rule 4).
        unsafe { (self.visitor)(self.ctx, key.into()) };
    }
}
