//! The plugin's functions.

use std::{cell::RefCell, ffi::c_void};

use statevec_abi::{
    abi::{
        RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView, RuntimeErrorBuf, RuntimeErrorKind,
        RuntimeErrorPhase, RuntimeHostContextV1, RuntimeReadContextV1, SysId,
        runtime_error_kind::{HOST_REJECTED, INVALID_COMMAND, PLUGIN_REJECTED},
    },
    boundary::{runtime_bytes_slice, write_runtime_error},
    prelude::*,
};

use crate::{
    host::{Answer, Host},
    schema::{Check, SCHEMA, Verdict},
    steps::{self, Ending, STEPS, Step},
    verdict::{Broken, Checked},
};

/// The memory of an instance. A sound plugin has none.
#[derive(Default)]
pub(crate) struct Memory {
    /// The `ext_seq` of the command before.
    pub(crate) last_ext_seq: Option<u64>,
    /// The number of a record that a step created for the next one.
    pub(crate) sys_id: Option<SysId>,
    /// The host of an earlier command, kept against the contract.
    pub(crate) kept: Option<Host>,
}

/// A step that runs.
pub(crate) struct Running<'r> {
    pub(crate) host: Host,
    pub(crate) memory: &'r mut Memory,
    pub(crate) ext_seq: u64,
}

pub(crate) extern "C" fn plugin_name() -> RuntimeBytesRef {
    RuntimeBytesRef::from_slice(b"check-host")
}

pub(crate) extern "C" fn schema_bytes() -> RuntimeBytesRef {
    RuntimeBytesRef::from_slice(SCHEMA.json.as_bytes())
}

pub(crate) unsafe extern "C" fn create_runtime(
    _config: RuntimeBytesRef,
    out_runtime: *mut *mut c_void,
    _out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    if out_runtime.is_null() {
        return RuntimeCallStatus::Failure;
    }
    let memory: Box<RefCell<Memory>> = Box::default();
    // SAFETY: not null, so valid for a write (rule 9).
    unsafe { out_runtime.write_unaligned(Box::into_raw(memory).cast()) };
    RuntimeCallStatus::Success
}

pub(crate) unsafe extern "C" fn destroy_runtime(runtime: *mut c_void) {
    if !runtime.is_null() {
        // SAFETY: made by `create_runtime`, and destroyed once, by the contract (rule 10).
        drop(unsafe { Box::from_raw(runtime.cast::<RefCell<Memory>>()) });
    }
}

pub(crate) unsafe extern "C" fn run_tx(
    runtime: *mut c_void,
    context: RuntimeHostContextV1,
    command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let fail = |kind, text: &str| {
        // SAFETY: null or valid for the call, by the contract (rule 9).
        unsafe { write_runtime_error(out_error, RuntimeErrorPhase::RunTx, kind, text) };
        RuntimeCallStatus::Failure
    };
    // SAFETY: made by `create_runtime`, and lives, by the contract (rule 10).
    let memory = unsafe { runtime.cast::<RefCell<Memory>>().as_ref() };
    // SAFETY: a context of this call, by the contract (rule 10).
    let host = unsafe { Host::of(context) };
    let (Some(memory), Some(host)) = (memory, host) else {
        return fail(INVALID_COMMAND, "null handle or null table");
    };
    // SAFETY: a non-null payload lives for the call, by the contract (rule 10).
    let payload = unsafe { runtime_bytes_slice(command.payload) }.unwrap_or_default();
    let check = Check::decode(payload);
    let step = check.ok().and_then(|check| STEPS.iter().find(|step| step.number == check.step));
    let (Some(step), 1) = (step, command.command_kind) else {
        return fail(INVALID_COMMAND, "no step of this plugin; the README lists them");
    };
    let Ok(mut memory) = memory.try_borrow_mut() else {
        return fail(INVALID_COMMAND, "run_tx inside of run_tx on one handle");
    };
    let mut running = Running { host, memory: &mut memory, ext_seq: command.ext_seq };
    match run_step(step, &mut running) {
        Ok(()) => RuntimeCallStatus::Success,
        Err((kind, text)) => fail(kind, &text),
    }
}

/// Runs a step, and emits its verdict. Steps that must be undone end with an error.
fn run_step(step: &Step, running: &mut Running<'_>) -> Result<(), (RuntimeErrorKind, String)> {
    let result = steps::run(step, running);
    running.memory.last_ext_seq = Some(running.ext_seq);
    running.memory.kept = Some(running.host);
    match (step.ending, &result) {
        (Ending::Rejects, Ok(())) => {
            return Err((
                PLUGIN_REJECTED,
                "as it should be: the next step looks for traces".into(),
            ));
        }
        (Ending::PassesRefusalOn, Ok(())) => {
            return Err((HOST_REJECTED, "as it should be: the next step looks for traces".into()));
        }
        _ => {}
    }
    emit(&running.host, &Verdict::of(step.number, step.promise, &result))
        .map_err(|text| (PLUGIN_REJECTED, text))
}

fn emit(host: &Host, verdict: &Verdict) -> Result<(), String> {
    let mut bytes = [0; 64];
    let encoded = verdict.encode(&mut bytes);
    let payload = bytes.get(..encoded.unwrap_or_default()).unwrap_or_default();
    match host.emit(Verdict::KIND, RuntimeBytesRef::from_slice(payload)) {
        Ok(Answer::Done(())) => Ok(()),
        Ok(Answer::Refused(kind)) => Err(format!("the verdict is refused with kind {}", kind.0)),
        Err(Broken::Promise(text) | Broken::NotDetected(text)) => Err(format!("emit: {text}")),
    }
}

pub(crate) unsafe extern "C" fn validate_biz_invariants(
    runtime: *mut c_void,
    context: RuntimeReadContextV1,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: made by `create_runtime`, and lives, by the contract (rule 10).
    let memory = unsafe { runtime.cast::<RefCell<Memory>>().as_ref() };
    let kept = memory.and_then(|memory| memory.try_borrow().ok()).and_then(|memory| memory.kept);
    let result: Checked = steps::invariants(context, kept);
    match result {
        Ok(()) | Err(Broken::NotDetected(_)) => RuntimeCallStatus::Success,
        Err(Broken::Promise(text)) => {
            let phase = RuntimeErrorPhase::ValidateBizInvariants;
            // SAFETY: null or valid for the call, by the contract (rule 9).
            unsafe { write_runtime_error(out_error, phase, PLUGIN_REJECTED, &text) };
            RuntimeCallStatus::Failure
        }
    }
}

pub(crate) unsafe extern "C" fn on_unload(
    _runtime: *mut c_void,
    _out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    RuntimeCallStatus::Success
}
