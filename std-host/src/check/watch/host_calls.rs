//! The host's functions as the plugin sees them: each passes the call on and notes a refusal.

use std::{
    ffi::c_void,
    ptr,
    sync::atomic::{AtomicPtr, Ordering::Relaxed},
};

use statevec_abi::abi::{
    RecordKind, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor, RuntimeCallStatus,
    RuntimeErrorBuf, RuntimeHostContextV1, RuntimeHostVTableV1, RuntimeReadContextV1,
    RuntimeReadVTableV1, RuntimeRecordKeyView, RuntimeRecordKeyVisitor, SysId,
    runtime_error_kind::{ABI_CONTRACT_VIOLATION, HOST_REJECTED, SCHEMA_MISMATCH},
};

use super::notes::note;

/// The tables of the host of this process, which are constants.
static HOST: AtomicPtr<RuntimeHostVTableV1> = AtomicPtr::new(ptr::null_mut());
static READ: AtomicPtr<RuntimeReadVTableV1> = AtomicPtr::new(ptr::null_mut());

static WATCHED: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
    with_read_typed_raw: Some(read_by_id::<false>),
    with_read_typed_by_pk_raw: Some(read_by_pk::<false>),
    create_typed_raw: Some(create),
    update_typed_by_pk_raw: Some(update),
    delete_by_pk_raw: Some(delete),
    emit_typed_event_raw: Some(emit),
    for_each_record_key_raw: Some(walk::<false>),
    debug_log: Some(log),
};

static WATCHED_READING: RuntimeReadVTableV1 = RuntimeReadVTableV1 {
    with_read_typed_raw: Some(read_by_id::<true>),
    with_read_typed_by_pk_raw: Some(read_by_pk::<true>),
    for_each_record_key_raw: Some(walk::<true>),
};

/// The context with the watching table.
pub(super) fn watched(host: RuntimeHostContextV1) -> RuntimeHostContextV1 {
    if host.vtable.is_null() {
        return host;
    }
    HOST.store(host.vtable.cast_mut(), Relaxed);
    RuntimeHostContextV1 { vtable: &raw const WATCHED, ..host }
}

/// The context of a validation with the watching table.
pub(super) fn watched_reading(host: RuntimeReadContextV1) -> RuntimeReadContextV1 {
    if host.vtable.is_null() {
        return host;
    }
    READ.store(host.vtable.cast_mut(), Relaxed);
    RuntimeReadContextV1 { vtable: &raw const WATCHED_READING, ..host }
}

fn host() -> Option<&'static RuntimeHostVTableV1> {
    // SAFETY: null, or the host's table, which is a constant of this program (rule 10).
    unsafe { HOST.load(Relaxed).as_ref() }
}

/// The reads of a validation, or those of a command.
fn reads<const VALIDATES: bool>() -> Option<RuntimeReadVTableV1> {
    if VALIDATES {
        // SAFETY: null, or the host's table, which is a constant of this program (rule 10).
        return unsafe { READ.load(Relaxed).as_ref() }.copied();
    }
    host().map(|table| RuntimeReadVTableV1 {
        with_read_typed_raw: table.with_read_typed_raw,
        with_read_typed_by_pk_raw: table.with_read_typed_by_pk_raw,
        for_each_record_key_raw: table.for_each_record_key_raw,
    })
}

/// Passes a call on. A null `out_error` is replaced by a buffer of its own, so that the refusal can
/// be read.
macro_rules! pass_on {
    ($name:literal, $function:expr, $out_error:ident, ($($argument:expr),*)) => {{
        let Some(function) = $function else { return RuntimeCallStatus::Failure };
        let mut own = RuntimeErrorBuf::RESET;
        let out_error = if $out_error.is_null() { &raw mut own } else { $out_error };
        // SAFETY: the plugin's own arguments, which the host checks; the buffer is the plugin's or
        // lives in this frame (rules 1 and 9).
        let status = unsafe { function($($argument,)* out_error) };
        if status != RuntimeCallStatus::Success {
            // SAFETY: the host initialises the whole buffer when it fails (rule 9).
            note_refusal($name, &unsafe { out_error.read_unaligned() });
        }
        status
    }};
}

/// Notes a call that was refused because of the way it was made. A key that exists already and a
/// full store are answers to a correct call.
fn note_refusal(call: &str, error: &RuntimeErrorBuf) {
    let text = error.message().to_string();
    let is_breach = match error.kind {
        ABI_CONTRACT_VIOLATION | SCHEMA_MISMATCH => true,
        HOST_REJECTED => !text.contains("exists already") && !text.contains("full"),
        _ => false,
    };
    if is_breach {
        note(|notes| &mut notes.host_calls, format!("{call} ({}): {text}", error.kind.0));
    }
}

unsafe extern "C" fn read_by_id<const VALIDATES: bool>(
    ctx: *const c_void,
    kind: RecordKind,
    sys_id: SysId,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let function = reads::<VALIDATES>().and_then(|table| table.with_read_typed_raw);
    pass_on!(
        "with_read_typed_raw",
        function,
        out_error,
        (ctx, kind, sys_id, visitor_ctx, visitor, out_found)
    )
}

unsafe extern "C" fn read_by_pk<const VALIDATES: bool>(
    ctx: *const c_void,
    kind: RecordKind,
    pk: RuntimeBytesRef,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let function = reads::<VALIDATES>().and_then(|table| table.with_read_typed_by_pk_raw);
    pass_on!(
        "with_read_typed_by_pk_raw",
        function,
        out_error,
        (ctx, kind, pk, visitor_ctx, visitor, out_found)
    )
}

unsafe extern "C" fn create(
    ctx: *mut c_void,
    kind: RecordKind,
    init_ctx: *mut c_void,
    init: Option<RuntimeBytesMutVisitor>,
    out_key: *mut RuntimeRecordKeyView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let function = host().and_then(|table| table.create_typed_raw);
    pass_on!("create_typed_raw", function, out_error, (ctx, kind, init_ctx, init, out_key))
}

unsafe extern "C" fn update(
    ctx: *mut c_void,
    kind: RecordKind,
    pk: RuntimeBytesRef,
    update_ctx: *mut c_void,
    update: Option<RuntimeBytesMutVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let function = host().and_then(|table| table.update_typed_by_pk_raw);
    pass_on!(
        "update_typed_by_pk_raw",
        function,
        out_error,
        (ctx, kind, pk, update_ctx, update, out_found)
    )
}

unsafe extern "C" fn delete(
    ctx: *mut c_void,
    kind: RecordKind,
    pk: RuntimeBytesRef,
    out_deleted: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let function = host().and_then(|table| table.delete_by_pk_raw);
    pass_on!("delete_by_pk_raw", function, out_error, (ctx, kind, pk, out_deleted))
}

unsafe extern "C" fn emit(
    ctx: *mut c_void,
    kind: u8,
    payload: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let function = host().and_then(|table| table.emit_typed_event_raw);
    pass_on!("emit_typed_event_raw", function, out_error, (ctx, kind, payload))
}

unsafe extern "C" fn walk<const VALIDATES: bool>(
    ctx: *const c_void,
    kind: RecordKind,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeRecordKeyVisitor>,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let function = reads::<VALIDATES>().and_then(|table| table.for_each_record_key_raw);
    pass_on!("for_each_record_key_raw", function, out_error, (ctx, kind, visitor_ctx, visitor))
}

unsafe extern "C" fn log(
    ctx: *mut c_void,
    message: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let function = host().and_then(|table| table.debug_log);
    pass_on!("debug_log", function, out_error, (ctx, message))
}
