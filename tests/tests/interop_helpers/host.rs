//! A host for both: every call on record kind 1 succeeds, on kind 2 there is no record, and on the
//! others the call fails.

use std::ffi::c_void;

use statevec_abi::{
    abi::{
        RuntimeBytesMutRef, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
        RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase, RuntimeHostVTableV1,
        RuntimeReadVTableV1, RuntimeRecordKeyView, RuntimeRecordKeyVisitor, runtime_error_kind,
    },
    boundary::{runtime_bytes_slice, write_runtime_error},
};

pub(crate) static HOST: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
    with_read_typed_raw: Some(read_by_id),
    with_read_typed_by_pk_raw: Some(read_by_pk),
    create_typed_raw: Some(create),
    update_typed_by_pk_raw: Some(update),
    delete_by_pk_raw: Some(delete),
    emit_typed_event_raw: Some(emit),
    for_each_record_key_raw: Some(for_each),
    debug_log: Some(log),
};
pub(crate) static READ: RuntimeReadVTableV1 = RuntimeReadVTableV1 {
    with_read_typed_raw: Some(read_by_id),
    with_read_typed_by_pk_raw: Some(read_by_pk),
    for_each_record_key_raw: Some(for_each),
};
/// A host whose every read fails.
pub(crate) static FAILING_READ: RuntimeReadVTableV1 = RuntimeReadVTableV1 {
    with_read_typed_raw: Some(fail_by_id),
    with_read_typed_by_pk_raw: Some(fail_by_pk),
    for_each_record_key_raw: Some(fail_for_each),
};

const LENT: &[u8] = b"lent";

/// The result of a call: found, not found, or a failure. One of the failures states an impossible
/// length of its text, and its bytes are not UTF-8.
fn answer(kind: u8, out_error: *mut RuntimeErrorBuf) -> Option<bool> {
    let text = match kind {
        1 => return Some(true),
        2 => return Some(false),
        3 => "grüße, no such kind".to_owned(),
        4 => "€".repeat(200),
        _ => String::new(),
    };
    let (phase, kind_of_error) = (RuntimeErrorPhase::RunTx, runtime_error_kind::HOST_REJECTED);
    // SAFETY: a plugin's buffer, live for the call (rule 9).
    unsafe { write_runtime_error(out_error, phase, kind_of_error, &text) };
    if kind == 6 {
        // SAFETY: the buffer is live for the call, and `write_runtime_error` has just initialised
        // it (rule 9).
        let error = unsafe { &mut *out_error };
        error.message_buf.fill(0xF0);
        error.message_len = usize::MAX;
    }
    None
}

fn finish(found: Option<bool>, out_found: *mut u8, visit: impl FnOnce()) -> RuntimeCallStatus {
    let Some(found) = found else { return RuntimeCallStatus::Failure };
    if found {
        visit();
    }
    // SAFETY: a plugin's flag, live for the call (rule 9).
    unsafe { out_found.write(found.into()) };
    RuntimeCallStatus::Success
}

unsafe extern "C" fn read_by_id(
    _: *const c_void,
    kind: u8,
    _: u64,
    ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    finish(answer(kind, out_error), out_found, || {
        // SAFETY: the plugin passed this visitor with this context, and both are valid during the
        // call (rule 4).
        unsafe { visitor.unwrap()(ctx, RuntimeBytesRef::from_slice(LENT)) };
    })
}

unsafe extern "C" fn read_by_pk(
    host: *const c_void,
    kind: u8,
    _: RuntimeBytesRef,
    ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the plugin passed these pointers to this entry, and they are valid until it returns
    // (rules 4 and 9).
    unsafe { read_by_id(host, kind, 0, ctx, visitor, out_found, out_error) }
}

unsafe extern "C" fn create(
    _: *mut c_void,
    kind: u8,
    ctx: *mut c_void,
    init: Option<RuntimeBytesMutVisitor>,
    out_key: *mut RuntimeRecordKeyView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let mut found = 0;
    let answer = answer(kind, out_error).map(|_| true);
    finish(answer, &raw mut found, || {
        let mut data = [0; 4];
        // SAFETY: the plugin passed this visitor with this context, and both are valid during the
        // call (rule 4).
        unsafe { init.unwrap()(ctx, RuntimeBytesMutRef::from_slice(&mut data)) };
        // SAFETY: the plugin's key, live for the call (rule 9).
        unsafe { out_key.write(RuntimeRecordKeyView { kind, sys_id: 1 << 60 }) };
    })
}

unsafe extern "C" fn update(
    _: *mut c_void,
    kind: u8,
    _: RuntimeBytesRef,
    ctx: *mut c_void,
    update: Option<RuntimeBytesMutVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    finish(answer(kind, out_error), out_found, || {
        let mut data = [9; 4];
        // SAFETY: the plugin passed this visitor with this context, and both are valid during the
        // call (rule 4).
        unsafe { update.unwrap()(ctx, RuntimeBytesMutRef::from_slice(&mut data)) };
    })
}

unsafe extern "C" fn delete(
    _: *mut c_void,
    kind: u8,
    _: RuntimeBytesRef,
    out_deleted: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    finish(answer(kind, out_error), out_deleted, || ())
}

unsafe extern "C" fn emit(
    _: *mut c_void,
    kind: u8,
    _: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let mut found = 0;
    finish(answer(kind, out_error), &raw mut found, || ())
}

unsafe extern "C" fn for_each(
    _: *const c_void,
    kind: u8,
    ctx: *mut c_void,
    visitor: Option<RuntimeRecordKeyVisitor>,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let mut found = 0;
    finish(answer(kind, out_error), &raw mut found, || {
        for sys_id in [1, 2, u64::MAX] {
            // SAFETY: the plugin passed this visitor with this context, and both are valid during
            // the call (rule 4).
            unsafe { visitor.unwrap()(ctx, RuntimeRecordKeyView { kind, sys_id }) };
        }
    })
}

unsafe extern "C" fn log(
    _: *mut c_void,
    message: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // A text of one byte is the record kind of the other calls.
    // SAFETY: the plugin's text, live for the call (rule 1).
    let text = unsafe { runtime_bytes_slice(message) }.unwrap();
    let kind = text.first().copied().unwrap_or(1);
    let mut found = 0;
    finish(answer(kind, out_error), &raw mut found, || ())
}

unsafe extern "C" fn fail_by_id(
    host: *const c_void,
    _: u8,
    sys_id: u64,
    ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the plugin passed these pointers to this entry, and they are valid until it returns
    // (rules 4 and 9).
    unsafe { read_by_id(host, 3, sys_id, ctx, visitor, out_found, out_error) }
}

unsafe extern "C" fn fail_by_pk(
    host: *const c_void,
    _: u8,
    pk: RuntimeBytesRef,
    ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the plugin passed these pointers to this entry, and they are valid until it returns
    // (rules 4 and 9).
    unsafe { read_by_pk(host, 4, pk, ctx, visitor, out_found, out_error) }
}

unsafe extern "C" fn fail_for_each(
    host: *const c_void,
    _: u8,
    ctx: *mut c_void,
    visitor: Option<RuntimeRecordKeyVisitor>,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the plugin passed these pointers to this entry, and they are valid until it returns
    // (rules 4 and 9).
    unsafe { for_each(host, 5, ctx, visitor, out_error) }
}
