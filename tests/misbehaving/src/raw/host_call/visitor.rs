//! Visitors as C functions.

use std::{ffi::c_void, ptr};

use statevec_abi::{
    abi::{
        RuntimeBytesMutRef, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
        RuntimeRecordKeyView, RuntimeRecordKeyVisitor,
    },
    boundary::runtime_bytes_slice_mut,
};

use crate::schema::VALUE_AT;

/// A visitor of each type, with the context for all of them.
#[derive(Clone, Copy)]
pub(in crate::raw) struct Visitors {
    pub(in crate::raw) ctx: *mut c_void,
    pub(in crate::raw) read: RuntimeBytesVisitor,
    pub(in crate::raw) write: RuntimeBytesMutVisitor,
    pub(in crate::raw) key: RuntimeRecordKeyVisitor,
}

impl Visitors {
    /// Visitors without effect; a record that is created has key 0.
    pub(super) const IDLE: Self =
        Self { ctx: ptr::null_mut(), read: ignore_bytes, write: ignore_record, key: ignore_key };
    /// Visitors that change a value.
    pub(super) const SPOIL: Self = Self { write: spoil, ..Self::IDLE };
}

unsafe extern "C" fn ignore_bytes(_: *mut c_void, _: RuntimeBytesRef) {}

unsafe extern "C" fn ignore_record(_: *mut c_void, _: RuntimeBytesMutRef) {}

unsafe extern "C" fn ignore_key(_: *mut c_void, _: RuntimeRecordKeyView) {}

unsafe extern "C" fn spoil(_: *mut c_void, record: RuntimeBytesMutRef) {
    // SAFETY: the host lends the record for the visit (rule 10).
    if let Ok(record) = unsafe { runtime_bytes_slice_mut(record) }
        && let Some(value) = record.get_mut(VALUE_AT)
    {
        *value = !*value;
    }
}

/// Makes a lent record an account with the number that `ctx` points to.
pub(super) unsafe extern "C" fn set_id(ctx: *mut c_void, record: RuntimeBytesMutRef) {
    // SAFETY: the call that passed this visitor passed the address of a number as its context (rule
    // 4).
    let id = unsafe { *ctx.cast::<u64>() };
    // SAFETY: the host lends the record for the visit (rule 10).
    if let Ok(record) = unsafe { runtime_bytes_slice_mut(record) }
        && let Some(place) = record.first_chunk_mut()
    {
        *place = id.to_le_bytes();
    }
}
