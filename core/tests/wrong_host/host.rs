//! A host that follows a script in every one of its functions.

use core::{ffi::c_void, ptr};

use statevec_abi::abi::{
    RecordKind, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor, RuntimeCallStatus,
    RuntimeErrorBuf, RuntimeHostVTableV1, RuntimeReadVTableV1, RuntimeRecordKeyView,
    RuntimeRecordKeyVisitor, SysId,
};

use crate::script::{answer, lend, lend_mut, walk, write_key};

pub(crate) static HOST: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
    with_read_typed_raw: Some(read_by_id),
    with_read_typed_by_pk_raw: Some(read_by_pk),
    create_typed_raw: Some(create),
    update_typed_by_pk_raw: Some(update),
    delete_by_pk_raw: Some(delete),
    emit_typed_event_raw: Some(emit),
    for_each_record_key_raw: Some(for_each_key),
    debug_log: Some(log),
};

pub(crate) static READ: RuntimeReadVTableV1 = RuntimeReadVTableV1 {
    with_read_typed_raw: Some(read_by_id),
    with_read_typed_by_pk_raw: Some(read_by_pk),
    for_each_record_key_raw: Some(for_each_key),
};

unsafe extern "C" fn read_by_id(
    _: *const c_void,
    _: RecordKind,
    _: SysId,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    lend(visitor_ctx, visitor);
    answer(out_found, out_error)
}

unsafe extern "C" fn read_by_pk(
    _: *const c_void,
    _: RecordKind,
    _: RuntimeBytesRef,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    lend(visitor_ctx, visitor);
    answer(out_found, out_error)
}

unsafe extern "C" fn create(
    _: *mut c_void,
    _: RecordKind,
    init_ctx: *mut c_void,
    init: Option<RuntimeBytesMutVisitor>,
    out_key: *mut RuntimeRecordKeyView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    lend_mut(init_ctx, init);
    write_key(out_key);
    answer(ptr::null_mut(), out_error)
}

unsafe extern "C" fn update(
    _: *mut c_void,
    _: RecordKind,
    _: RuntimeBytesRef,
    update_ctx: *mut c_void,
    update: Option<RuntimeBytesMutVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    lend_mut(update_ctx, update);
    answer(out_found, out_error)
}

unsafe extern "C" fn delete(
    _: *mut c_void,
    _: RecordKind,
    _: RuntimeBytesRef,
    out_deleted: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    answer(out_deleted, out_error)
}

unsafe extern "C" fn emit(
    _: *mut c_void,
    _: u8,
    _: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    answer(ptr::null_mut(), out_error)
}

unsafe extern "C" fn for_each_key(
    _: *const c_void,
    _: RecordKind,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeRecordKeyVisitor>,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    walk(visitor_ctx, visitor);
    answer(ptr::null_mut(), out_error)
}

unsafe extern "C" fn log(
    _: *mut c_void,
    _: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    answer(ptr::null_mut(), out_error)
}
