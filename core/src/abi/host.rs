//! The two vtables of a host, and the contexts that carry them.
//!
//! Every entry is an `Option<fn>`: a foreign null is a value to check, not undefined behaviour
//! (rule 1). The function types are named once, here. All pointers are valid for the time of the
//! call; `out_error` may be null; out parameters are written on success only.

use core::ffi::c_void;

use super::{
    bytes::{RuntimeBytesMutRef, RuntimeBytesRef},
    command::{RecordKind, RuntimeRecordKeyView, SysId},
    error::RuntimeErrorBuf,
    status::RuntimeCallStatus,
};
use crate::abi::layout::assert_layout;

/// Visitor for a record lent for reading.
pub type RuntimeBytesVisitor =
    unsafe extern "C" fn(visitor_ctx: *mut c_void, bytes: RuntimeBytesRef);
/// Visitor for a record lent for writing.
pub type RuntimeBytesMutVisitor =
    unsafe extern "C" fn(visitor_ctx: *mut c_void, bytes: RuntimeBytesMutRef);
/// Visitor for one record key.
pub type RuntimeRecordKeyVisitor =
    unsafe extern "C" fn(visitor_ctx: *mut c_void, key: RuntimeRecordKeyView);

/// Reads a record by number: calls the visitor once if it exists, and writes 1 or 0 to `out_found`.
pub type ReadByIdFn = unsafe extern "C" fn(
    ctx_ptr: *const c_void,
    record_kind: RecordKind,
    sys_id: SysId,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;

/// Reads a record by primary key: calls the visitor once if it exists, and writes 1 or 0 to
/// `out_found`.
pub type ReadByPkFn = unsafe extern "C" fn(
    ctx_ptr: *const c_void,
    record_kind: RecordKind,
    pk: RuntimeBytesRef,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;

/// Creates a record: calls `init` once with zeroed bytes, and writes the new record's key.
pub type CreateFn = unsafe extern "C" fn(
    ctx_ptr: *mut c_void,
    record_kind: RecordKind,
    init_ctx: *mut c_void,
    init: Option<RuntimeBytesMutVisitor>,
    out_key: *mut RuntimeRecordKeyView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;

/// Updates a record by primary key: calls `update` once if it exists, and writes 1 or 0 to
/// `out_found`.
pub type UpdateByPkFn = unsafe extern "C" fn(
    ctx_ptr: *mut c_void,
    record_kind: RecordKind,
    pk: RuntimeBytesRef,
    update_ctx: *mut c_void,
    update: Option<RuntimeBytesMutVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;

/// Deletes a record by primary key, and writes 1 or 0 to `out_deleted`.
pub type DeleteByPkFn = unsafe extern "C" fn(
    ctx_ptr: *mut c_void,
    record_kind: RecordKind,
    pk: RuntimeBytesRef,
    out_deleted: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;

/// Emits an event.
pub type EmitEventFn = unsafe extern "C" fn(
    ctx_ptr: *mut c_void,
    event_kind: u8,
    payload: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;

/// Calls the visitor with the key of every record of a kind, in ascending `sys_id`.
pub type ForEachKeyFn = unsafe extern "C" fn(
    ctx_ptr: *const c_void,
    kind: RecordKind,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeRecordKeyVisitor>,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;

/// Passes a diagnostic text on.
pub type DebugLogFn = unsafe extern "C" fn(
    ctx_ptr: *mut c_void,
    message: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;

/// The host's functions for a transaction.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct RuntimeHostVTableV1 {
    /// Reads by number.
    pub with_read_typed_raw: Option<ReadByIdFn>,
    /// Reads by primary key.
    pub with_read_typed_by_pk_raw: Option<ReadByPkFn>,
    /// Creates.
    pub create_typed_raw: Option<CreateFn>,
    /// Updates by primary key.
    pub update_typed_by_pk_raw: Option<UpdateByPkFn>,
    /// Deletes by primary key.
    pub delete_by_pk_raw: Option<DeleteByPkFn>,
    /// Emits an event.
    pub emit_typed_event_raw: Option<EmitEventFn>,
    /// Walks the keys of a kind.
    pub for_each_record_key_raw: Option<ForEachKeyFn>,
    /// Logs.
    pub debug_log: Option<DebugLogFn>,
}

assert_layout!(RuntimeHostVTableV1 {
    size: [64, 32, 32],
    align: [8, 4, 4],
    with_read_typed_raw: [0, 0, 0],
    with_read_typed_by_pk_raw: [8, 4, 4],
    create_typed_raw: [16, 8, 8],
    update_typed_by_pk_raw: [24, 12, 12],
    delete_by_pk_raw: [32, 16, 16],
    emit_typed_event_raw: [40, 20, 20],
    for_each_record_key_raw: [48, 24, 24],
    debug_log: [56, 28, 28],
});

/// The host's functions for validating invariants.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct RuntimeReadVTableV1 {
    /// Reads by number.
    pub with_read_typed_raw: Option<ReadByIdFn>,
    /// Reads by primary key.
    pub with_read_typed_by_pk_raw: Option<ReadByPkFn>,
    /// Walks the keys of a kind.
    pub for_each_record_key_raw: Option<ForEachKeyFn>,
}

assert_layout!(RuntimeReadVTableV1 {
    size: [24, 12, 12],
    align: [8, 4, 4],
    with_read_typed_raw: [0, 0, 0],
    with_read_typed_by_pk_raw: [8, 4, 4],
    for_each_record_key_raw: [16, 8, 8],
});

/// Handle to a host, given to `run_tx` by value and valid until it returns.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct RuntimeHostContextV1 {
    /// Opaque to the plugin; first argument of every function in the table.
    pub ctx_ptr: *mut c_void,
    /// The host's table.
    pub vtable: *const RuntimeHostVTableV1,
}

assert_layout!(RuntimeHostContextV1 {
    size: [16, 8, 8],
    align: [8, 4, 4],
    ctx_ptr: [0, 0, 0],
    vtable: [8, 4, 4]
});

/// Read-only handle to a host, given to `validate_biz_invariants` by value and valid until it
/// returns.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct RuntimeReadContextV1 {
    /// Opaque to the plugin; first argument of every function in the table.
    pub ctx_ptr: *mut c_void,
    /// The host's table.
    pub vtable: *const RuntimeReadVTableV1,
}

assert_layout!(RuntimeReadContextV1 {
    size: [16, 8, 8],
    align: [8, 4, 4],
    ctx_ptr: [0, 0, 0],
    vtable: [8, 4, 4]
});
