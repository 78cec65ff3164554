//! A table between host and plugin, which notes the answers of the plugin's functions and of the
//! host's.
//!
//! A child process loads one plugin, so its table lies in a static. Contexts pass unchanged: a
//! context that the plugin keeps is still checked by the host's gate.

mod host_calls;
mod notes;

use std::{ffi::c_void, ptr, sync::OnceLock};

use statevec_abi::{
    abi::{
        RUNTIME_ERROR_MESSAGE_CAPACITY, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView,
        RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase, RuntimeHostContextV1,
        RuntimePluginApiV1, RuntimeReadContextV1,
    },
    plugin::StaticPlugin,
};

use self::notes::note;
use crate::{LoadError, LoadedPlugin};

pub(super) use notes::{Notes, take};

/// The table of the plugin that this process checks.
static TABLE: OnceLock<RuntimePluginApiV1> = OnceLock::new();

/// The same plugin, behind the watching table. A process watches the first plugin only.
///
/// # Errors
///
/// As [`LoadedPlugin::from_static`].
pub(super) fn over(plugin: &LoadedPlugin) -> Result<LoadedPlugin, LoadError> {
    let table = *TABLE.get_or_init(|| plugin.api().table());
    let watched = RuntimePluginApiV1 {
        create_runtime: Some(create_runtime),
        run_tx: Some(run_tx),
        validate_biz_invariants: Some(validate_biz_invariants),
        on_unload: Some(on_unload),
        ..table
    };
    // SAFETY: each function passes its arguments on to the plugin's own, which keeps the contract
    // as its loader promised, and whose library stays mapped (rules 6 and 10).
    LoadedPlugin::from_static(&unsafe { StaticPlugin::from_table(|| "watched", watched) })
}

/// The plugin's own table; `None` before [`over`].
pub(super) fn table() -> Option<RuntimePluginApiV1> {
    TABLE.get().copied()
}

unsafe extern "C" fn create_runtime(
    config: RuntimeBytesRef,
    out_runtime: *mut *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let Some(create) = TABLE.get().and_then(|table| table.create_runtime) else {
        return RuntimeCallStatus::Failure;
    };
    // SAFETY: the host's own arguments, passed on unchanged (rule 10).
    let status = unsafe { create(config, out_runtime, out_error) };
    // SAFETY: the host passes a buffer that is live for the call (rule 9).
    unsafe { check_answer("create_runtime", RuntimeErrorPhase::Create, status, out_error) };
    // SAFETY: the host passes a place for a handle that is live for the call (rule 9).
    let runtime = unsafe { out_runtime.read_unaligned() };
    match (status, runtime.is_null()) {
        (RuntimeCallStatus::Success, true) => {
            answer("create_runtime", "succeeds and writes no handle");
        }
        (RuntimeCallStatus::Failure, false) => {
            answer("create_runtime", "fails and writes a handle, which no host destroys");
        }
        _ => {}
    }
    status
}

unsafe extern "C" fn run_tx(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let Some(run) = TABLE.get().and_then(|table| table.run_tx) else {
        return RuntimeCallStatus::Failure;
    };
    let host = host_calls::watched(host);
    // SAFETY: the host's own arguments; the table in the context passes each call on (rule 10).
    let status = unsafe { run(runtime, host, command, out_error) };
    // SAFETY: the host passes a buffer that is live for the call (rule 9).
    unsafe { check_answer("run_tx", RuntimeErrorPhase::RunTx, status, out_error) };
    status
}

unsafe extern "C" fn validate_biz_invariants(
    runtime: *mut c_void,
    host: RuntimeReadContextV1,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let Some(validate) = TABLE.get().and_then(|table| table.validate_biz_invariants) else {
        return RuntimeCallStatus::Failure;
    };
    let host = host_calls::watched_reading(host);
    // SAFETY: the host's own arguments; the table in the context passes each call on (rule 10).
    let status = unsafe { validate(runtime, host, out_error) };
    let phase = RuntimeErrorPhase::ValidateBizInvariants;
    // SAFETY: the host passes a buffer that is live for the call (rule 9).
    unsafe { check_answer("validate_biz_invariants", phase, status, out_error) };
    status
}

unsafe extern "C" fn on_unload(
    runtime: *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let Some(unload) = TABLE.get().and_then(|table| table.on_unload) else {
        return RuntimeCallStatus::Failure;
    };
    // SAFETY: the host's own arguments, passed on unchanged (rule 10).
    let status = unsafe { unload(runtime, out_error) };
    // SAFETY: the host passes a buffer that is live for the call (rule 9).
    unsafe { check_answer("on_unload", RuntimeErrorPhase::Unload, status, out_error) };
    status
}

/// Notes an answer that the contract does not allow.
///
/// # Safety
///
/// `out_error` is valid for reads, and the plugin or the host initialised its header.
unsafe fn check_answer(
    function: &str,
    phase: RuntimeErrorPhase,
    status: RuntimeCallStatus,
    out_error: *mut RuntimeErrorBuf,
) {
    // SAFETY: valid for reads, by this function's contract; the host that this process runs
    // initialised all of it (rule 9).
    let error = unsafe { ptr::read_unaligned(out_error) };
    match status {
        RuntimeCallStatus::Success => {
            if error.message_len != 0 {
                answer(function, "succeeds and leaves an error's text behind");
            }
        }
        RuntimeCallStatus::Failure => check_failure(function, phase, &error),
        RuntimeCallStatus(other) => {
            answer(function, &format!("returns status {other}; 0 and 1 are defined"));
        }
    }
}

/// The kind in a buffer that the host prepared, and nobody wrote to.
const HOST_UNWRITTEN: RuntimeErrorKind = RuntimeErrorKind(0);

fn check_failure(function: &str, phase: RuntimeErrorPhase, error: &RuntimeErrorBuf) {
    let len = error.message_len;
    if error.kind == HOST_UNWRITTEN {
        answer(function, "fails and gives no kind of error");
        return;
    }
    if error.kind.name().is_none() {
        let kind = error.kind.0;
        answer(function, &format!("fails with kind {kind}, which the contract does not define"));
    }
    if error.phase != phase {
        let found = error.phase.0;
        answer(function, &format!("fails with phase {found} in place of {}", phase.0));
    }
    if len > RUNTIME_ERROR_MESSAGE_CAPACITY {
        answer(function, &format!("fails with a text of {len} bytes; 512 is the most"));
    } else if len == 0 {
        answer(function, "fails without a text");
    } else if str::from_utf8(error.message().as_bytes()).is_err() {
        answer(function, "fails with a text that is not UTF-8");
    }
}

fn answer(function: &str, what: &str) {
    note(|notes| &mut notes.answers, format!("{function} {what}"));
}
