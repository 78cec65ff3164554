//! The bench store behind a C table, by hand and without any check: the host of the floor, and of
//! the published crates, which have no host side of their own.
#![allow(
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    unsafe_op_in_unsafe_fn,
    reason = "taking the contract's promises on trust, all of them, is what this host is for"
)]

use core::{ffi::c_void, ptr, slice};

use statevec_abi::abi::{
    RuntimeBytesMutRef, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
    RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase, RuntimeHostVTableV1,
    RuntimeRecordKeyView, RuntimeRecordKeyVisitor, runtime_error_kind::HOST_REJECTED,
};

use crate::{FlatStore, store::Refused};

pub(super) static TABLE: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
    with_read_typed_raw: Some(read_by_id),
    with_read_typed_by_pk_raw: Some(read_by_pk),
    create_typed_raw: Some(create),
    update_typed_by_pk_raw: Some(update_by_pk),
    delete_by_pk_raw: Some(delete_by_pk),
    emit_typed_event_raw: Some(emit_event),
    for_each_record_key_raw: Some(for_each_key),
    debug_log: Some(debug_log),
};

unsafe extern "C" fn read_by_id(
    ctx: *const c_void,
    kind: u8,
    sys_id: u64,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    match (*ctx.cast::<FlatStore>()).by_id(kind, sys_id) {
        Ok(row) => {
            if let Some(row) = row {
                visitor.unwrap_unchecked()(visitor_ctx, RuntimeBytesRef::from_slice(row));
            }
            *out_found = row.is_some().into();
            RuntimeCallStatus::Success
        }
        Err(Refused) => refuse(out_error),
    }
}

unsafe extern "C" fn read_by_pk(
    ctx: *const c_void,
    kind: u8,
    pk: RuntimeBytesRef,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    match (*ctx.cast::<FlatStore>()).by_pk(kind, bytes(pk)) {
        Ok(row) => {
            if let Some(row) = row {
                visitor.unwrap_unchecked()(visitor_ctx, RuntimeBytesRef::from_slice(row));
            }
            *out_found = row.is_some().into();
            RuntimeCallStatus::Success
        }
        Err(Refused) => refuse(out_error),
    }
}

unsafe extern "C" fn create(
    ctx: *mut c_void,
    kind: u8,
    init_ctx: *mut c_void,
    init: Option<RuntimeBytesMutVisitor>,
    out_key: *mut RuntimeRecordKeyView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    match (*ctx.cast::<FlatStore>()).create(kind) {
        Ok((sys_id, row)) => {
            init.unwrap_unchecked()(init_ctx, RuntimeBytesMutRef::from_slice(row));
            *out_key = RuntimeRecordKeyView { kind, sys_id };
            RuntimeCallStatus::Success
        }
        Err(Refused) => refuse(out_error),
    }
}

unsafe extern "C" fn update_by_pk(
    ctx: *mut c_void,
    kind: u8,
    pk: RuntimeBytesRef,
    update_ctx: *mut c_void,
    update: Option<RuntimeBytesMutVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    match (*ctx.cast::<FlatStore>()).by_pk_mut(kind, bytes(pk)) {
        Ok(row) => {
            *out_found = row.is_some().into();
            if let Some(row) = row {
                update.unwrap_unchecked()(update_ctx, RuntimeBytesMutRef::from_slice(row));
            }
            RuntimeCallStatus::Success
        }
        Err(Refused) => refuse(out_error),
    }
}

unsafe extern "C" fn delete_by_pk(
    _ctx: *mut c_void,
    _kind: u8,
    _pk: RuntimeBytesRef,
    _out_deleted: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    refuse(out_error)
}

unsafe extern "C" fn emit_event(
    ctx: *mut c_void,
    kind: u8,
    payload: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    match (*ctx.cast::<FlatStore>()).emit(kind, bytes(payload)) {
        Ok(()) => RuntimeCallStatus::Success,
        Err(Refused) => refuse(out_error),
    }
}

unsafe extern "C" fn for_each_key(
    ctx: *const c_void,
    kind: u8,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeRecordKeyVisitor>,
    _out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    for sys_id in (*ctx.cast::<FlatStore>()).account_numbers() {
        visitor.unwrap_unchecked()(visitor_ctx, RuntimeRecordKeyView { kind, sys_id });
    }
    RuntimeCallStatus::Success
}

unsafe extern "C" fn debug_log(
    _ctx: *mut c_void,
    _message: RuntimeBytesRef,
    _out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    RuntimeCallStatus::Success
}

unsafe fn bytes<'b>(bytes: RuntimeBytesRef) -> &'b [u8] {
    slice::from_raw_parts(bytes.ptr, bytes.len)
}

unsafe fn refuse(out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
    let text = Refused::TEXT;
    (*out_error).phase = RuntimeErrorPhase::RunTx;
    (*out_error).kind = HOST_REJECTED;
    (*out_error).message_len = text.len();
    let target = (&raw mut (*out_error).message_buf).cast::<u8>();
    ptr::copy_nonoverlapping(text.as_ptr(), target, text.len());
    RuntimeCallStatus::Failure
}
