//! The plugin that calls the C table itself. [`answer`], [`host_call`] and [`place`] have the
//! faults that its configuration can name.

mod answer;
mod host_call;
mod place;

use std::{cell::Cell, ffi::c_void, sync::Mutex};

use statevec_abi::{
    abi::{
        RUNTIME_PLUGIN_ABI_VERSION_V1, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView,
        RuntimeErrorBuf, RuntimeErrorPhase, RuntimeHostContextV1, RuntimePluginApiV1,
        RuntimeReadContextV1, runtime_error_kind::PLUGIN_REJECTED,
    },
    boundary::write_runtime_error,
};

use crate::{saying, schema::WELL, text};
use answer::{Answered, answer};
use host_call::Host;

pub(crate) const TABLE: RuntimePluginApiV1 = RuntimePluginApiV1 {
    abi_version: RUNTIME_PLUGIN_ABI_VERSION_V1,
    plugin_name: Some(saying::plugin_name),
    schema_bytes: Some(saying::schema_bytes),
    create_runtime: Some(create_runtime),
    destroy_runtime: Some(destroy_runtime),
    run_tx: Some(run_tx),
    validate_biz_invariants: Some(validate_biz_invariants),
    on_unload: Some(on_unload),
};

/// The target of a handle.
struct Instance {
    /// The fault and its function: `FUNCTION: FAULT`.
    config: String,
    /// The context of the last command, kept against the contract.
    kept: Cell<Option<Host>>,
}

impl Instance {
    /// The fault in this function.
    fn wrong_in(&self, function: &str) -> Option<&str> {
        wrong_in(&self.config, function)
    }
}

fn wrong_in<'c>(config: &'c str, function: &str) -> Option<&'c str> {
    config.split_once(": ").filter(|(named, _)| *named == function).map(|(_, what)| what)
}

unsafe extern "C" fn create_runtime(
    config: RuntimeBytesRef,
    out_runtime: *mut *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the tests' host lends a text for the call (rule 10).
    let config = unsafe { text(config) }.unwrap_or_default();
    let wrong = wrong_in(config, "create_runtime");
    let answered = wrong.map(|what| answer(what, RuntimeErrorPhase::Create, out_error));
    if let Some(Answered { status, handle: false }) = answered {
        return status;
    }
    let status = answered.map_or(RuntimeCallStatus::Success, |answered| answered.status);
    let instance = Box::new(Instance { config: config.into(), kept: Cell::new(None) });
    let runtime: *mut c_void = Box::into_raw(instance).cast();
    if status != RuntimeCallStatus::Success {
        not_to_be_used(runtime);
    }
    // SAFETY: the tests' host passes a place for a handle that is live for the call (rule 9).
    unsafe { out_runtime.write(runtime) };
    status
}

/// Remembers a handle that comes with a failure. The host must not use it, so it is never
/// destroyed. The static keeps leak detection quiet.
fn not_to_be_used(runtime: *mut c_void) {
    static HANDLES: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    if let Ok(mut handles) = HANDLES.lock() {
        handles.push(runtime.expose_provenance());
    }
}

unsafe extern "C" fn destroy_runtime(runtime: *mut c_void) {
    // SAFETY: made by `create_runtime`, and our host destroys it once (rule 10).
    drop(unsafe { Box::from_raw(runtime.cast::<Instance>()) });
}

unsafe extern "C" fn run_tx(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: made by `create_runtime`, and lives (rule 10).
    let instance = unsafe { &*runtime.cast::<Instance>() };
    // SAFETY: the tests' host lends this context for the call (rule 10).
    let host = unsafe { Host::of_transaction(host) };
    if command.command_kind == WELL {
        return host.create_account(command.ext_seq, out_error);
    }
    let earlier = instance.kept.replace(Some(host));
    place::keep_for_all(host);
    if let Some(what) = instance.wrong_in("run_tx") {
        host.leave_something_to_undo();
        return answer(what, RuntimeErrorPhase::RunTx, out_error).status;
    }
    let said = if let Some(call) = instance.wrong_in("host call") {
        host_call::wrong(&host, call)
    } else if let Some("run_tx, with the context of an earlier command") =
        instance.wrong_in("every call")
    {
        earlier.map(|earlier| earlier.every_call()).or_else(|| Some("none was kept".into()))
    } else if let Some(place) = instance.wrong_in("every call") {
        place::every_call(&host, place)
    } else if let Some(place) = instance.wrong_in("run_tx again") {
        place::run_tx_again(&host, runtime, place)
    } else {
        return RuntimeCallStatus::Success;
    };
    host.report(&said.unwrap_or_else(|| "no such misbehaviour".into()), out_error)
}

unsafe extern "C" fn validate_biz_invariants(
    runtime: *mut c_void,
    host: RuntimeReadContextV1,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: made by `create_runtime`, and lives (rule 10).
    let instance = unsafe { &*runtime.cast::<Instance>() };
    let phase = RuntimeErrorPhase::ValidateBizInvariants;
    if let Some(what) = instance.wrong_in("validate_biz_invariants") {
        return answer(what, phase, out_error).status;
    }
    // SAFETY: the tests' host lends this context for the call (rule 10).
    let host = unsafe { Host::of_validation(host) };
    let host = match instance.wrong_in("every call") {
        Some("validate_biz_invariants") => Some(host),
        Some("validate_biz_invariants, with the context of run_tx") => instance.kept.get(),
        _ => None,
    };
    tell(host.map(|host| host.every_call()), phase, out_error)
}

unsafe extern "C" fn on_unload(
    runtime: *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: made by `create_runtime`, and lives (rule 10).
    let instance = unsafe { &*runtime.cast::<Instance>() };
    let phase = RuntimeErrorPhase::Unload;
    if let Some(what) = instance.wrong_in("on_unload") {
        return answer(what, phase, out_error).status;
    }
    let kept = instance.kept.get();
    let said = match instance.wrong_in("every call") {
        Some("on_unload, with the context of run_tx") => kept.map(|kept| kept.every_call()),
        Some("another thread after run_tx") => kept.map(place::elsewhere),
        _ => None,
    };
    tell(said, phase, out_error)
}

/// Fails with a report, if there is one. For calls that cannot emit it as an event.
fn tell(
    said: Option<String>,
    phase: RuntimeErrorPhase,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let Some(said) = said else { return RuntimeCallStatus::Success };
    // SAFETY: the tests' host passes a buffer that is live for the call (rule 9).
    unsafe { write_runtime_error(out_error, phase, PLUGIN_REJECTED, &said) };
    RuntimeCallStatus::Failure
}

/// The answer of a call, in short: `ok`, or kind and text.
pub(crate) fn outcome(status: RuntimeCallStatus, error: &RuntimeErrorBuf) -> String {
    match status {
        RuntimeCallStatus::Success => "ok".into(),
        RuntimeCallStatus::Failure => format!("{} {}", error.kind.0, error.message()),
        other => format!("{other:?}"),
    }
}
