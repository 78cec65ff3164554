//! A hand-written host. The record kind of a read decides its result.

use std::{ffi::c_void, mem::ManuallyDrop, ptr};

use statevec_abi::{
    abi::{
        RuntimeBytesRef, RuntimeBytesVisitor, RuntimeCallStatus, RuntimeErrorBuf,
        RuntimeErrorPhase, RuntimeHostVTableV1, RuntimeReadVTableV1, RuntimeRecordKeyView,
        RuntimeRecordKeyVisitor, runtime_error_kind,
    },
    boundary::write_runtime_error,
};
use statevec_abi_alloc::{runtime_error_message, runtime_plugin_destroy_runtime_v1};

use crate::{
    call::Runtime,
    plugin::{ACCEPT, READ},
};

/// The record is lent.
pub(crate) const LENT: u8 = 1;
/// The call fails with a text.
pub(crate) const FAILS: u8 = 2;
/// The call fails with a text of 600 bytes, three to a char.
pub(crate) const FAILS_AT_LENGTH: u8 = 3;
/// The call fails with an invalid length and a text that is not UTF-8.
pub(crate) const FAILS_IN_NONSENSE: u8 = 4;
/// The host calls every function of the plugin again, and fails with their errors as the text.
pub(crate) const CALLS_BACK: u8 = 5;

/// A host that can read and log. All other entries are null.
pub(crate) static HOST: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
    with_read_typed_raw: Some(read),
    with_read_typed_by_pk_raw: None,
    create_typed_raw: None,
    update_typed_by_pk_raw: None,
    delete_by_pk_raw: None,
    emit_typed_event_raw: None,
    for_each_record_key_raw: None,
    debug_log: Some(log),
};

/// A host whose walk over keys fails.
pub(crate) static FAILING: RuntimeReadVTableV1 = RuntimeReadVTableV1 {
    with_read_typed_raw: None,
    with_read_typed_by_pk_raw: None,
    for_each_record_key_raw: Some(no_keys),
};

/// A host without any records.
pub(crate) static EMPTY: RuntimeReadVTableV1 = RuntimeReadVTableV1 {
    with_read_typed_raw: None,
    with_read_typed_by_pk_raw: None,
    for_each_record_key_raw: Some(keys),
};

fn fail(out_error: *mut RuntimeErrorBuf, text: &str) -> RuntimeCallStatus {
    let (phase, kind) = (RuntimeErrorPhase::RunTx, runtime_error_kind::HOST_REJECTED);
    // SAFETY: the plugin's buffer, live for the call (rule 9).
    unsafe { write_runtime_error(out_error, phase, kind, text) };
    RuntimeCallStatus::Failure
}

unsafe extern "C" fn read(
    host: *const c_void,
    kind: u8,
    _: u64,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    match kind {
        FAILS => return fail(out_error, "grüße vom host"),
        FAILS_AT_LENGTH => return fail(out_error, &"€".repeat(200)),
        FAILS_IN_NONSENSE => {
            let _ = fail(out_error, "");
            // SAFETY: the plugin's buffer, live for the call and just written (rule 9).
            let error = unsafe { &mut *out_error };
            error.message_len = usize::MAX;
            error.message_buf.fill(0xF0);
            return RuntimeCallStatus::Failure;
        }
        CALLS_BACK => return fail(out_error, &call_back(host.cast_mut())),
        _ => {}
    }
    // SAFETY: the plugin passed this visitor with this context, and both are valid during the call
    // (rule 4).
    unsafe { visitor.unwrap()(visitor_ctx, RuntimeBytesRef::from_slice(b"lent")) };
    // SAFETY: the plugin's flag, live for the call (rule 9).
    unsafe { out_found.write(1) };
    RuntimeCallStatus::Success
}

/// Calls the instance that is in the middle of a call.
fn call_back(runtime: *mut c_void) -> String {
    let runtime = ManuallyDrop::new(Runtime(runtime));
    // SAFETY: the instance lives. It is in use, and must ignore the call: this is the test (rule
    // 7).
    unsafe { runtime_plugin_destroy_runtime_v1(runtime.0) };
    let nothing = RuntimeBytesRef::empty();
    let calls = [
        runtime.run_raw(ACCEPT, nothing, ptr::null()),
        runtime.run_raw(READ, nothing, &raw const HOST),
        runtime.validate(&raw const EMPTY),
        runtime.unload(),
    ];
    let texts = calls.map(|call| runtime_error_message(&call.error));
    texts.join("\n")
}

unsafe extern "C" fn log(
    _: *mut c_void,
    _: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    fail(out_error, "the log is full")
}

unsafe extern "C" fn keys(
    _: *const c_void,
    kind: u8,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeRecordKeyVisitor>,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the plugin passed this visitor with this context, and both are valid during the call
    // (rule 4).
    unsafe { visitor.unwrap()(visitor_ctx, RuntimeRecordKeyView { kind, sys_id: 1 }) };
    RuntimeCallStatus::Success
}

unsafe extern "C" fn no_keys(
    _: *const c_void,
    _: u8,
    _: *mut c_void,
    _: Option<RuntimeRecordKeyVisitor>,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    fail(out_error, "no keys today")
}
