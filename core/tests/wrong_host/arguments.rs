//! Arguments that a host must not pass to a plugin's functions, and some that it may.

use core::{ffi::c_void, ptr};

use statevec_abi::{
    abi::{
        RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase,
        RuntimeHostContextV1,
    },
    boundary::{RuntimeCommandRef, limits},
};

use crate::{
    call::{Entry, Task, Way, set_task},
    instance::{Failure, Instance, UNTOUCHED, outcome},
    plugin,
};

const NULL: &str = "bytes pointer is null but len is non-zero";
const ABOVE_ISIZE: usize = isize::MAX as usize + 1;

fn create(config: RuntimeBytesRef, out_runtime: *mut *mut c_void) -> Result<(), Failure> {
    let create_runtime = plugin::api().create_runtime.unwrap();
    let mut error = UNTOUCHED;
    // SAFETY: the pointers are live, or null, or not looked at (rules 1 and 9).
    let status = unsafe { create_runtime(config, out_runtime, &raw mut error) };
    outcome(status, &error)
}

/// Creates, which must fail with this.
#[track_caller]
fn assert_not_created(config: RuntimeBytesRef, kind: u16, text: &str) {
    let mut instance = Instance(ptr::null_mut());
    let created = create(config, &raw mut instance.0);
    assert_eq!(created, Err((RuntimeErrorPhase::Create, kind, text.into())));
    assert!(instance.0.is_null(), "a failure leaves out_runtime alone");
}

#[test]
fn out_runtime_is_null() {
    let told = Err((RuntimeErrorPhase::Create, 1, "out_runtime is null".into()));
    assert_eq!(create(RuntimeBytesRef::empty(), ptr::null_mut()), told);
}

#[test]
fn out_runtime_is_misaligned() {
    let mut place = [ptr::null_mut::<c_void>(); 2];
    let misaligned = (&raw mut place).cast::<*mut c_void>().wrapping_byte_add(1);
    assert_eq!(create(RuntimeBytesRef::empty(), misaligned), Ok(()));
    // SAFETY: within `place` (rule 9).
    let instance = Instance(unsafe { misaligned.read_unaligned() });
    assert_eq!(instance.run_tx(ptr::null(), ptr::null_mut()), fails());
}

#[test]
fn config_is_null_and_has_a_length() {
    for len in [1, limits::CONFIG] {
        assert_not_created(RuntimeBytesRef { ptr: ptr::null(), len }, 1, NULL);
    }
}

#[test]
fn config_is_longer_than_can_be_believed() {
    for len in [limits::CONFIG + 1, ABOVE_ISIZE, usize::MAX] {
        let text = format!("{len} bytes are more than the limit of {}", limits::CONFIG);
        assert_not_created(RuntimeBytesRef { ptr: b"x".as_ptr(), len }, 1, &text);
        assert_not_created(RuntimeBytesRef { ptr: ptr::null(), len }, 1, &text);
    }
}

#[test]
fn config_is_not_utf_8() {
    let text = "plugin config is not valid UTF-8: invalid utf-8 sequence of 1 bytes from index 1";
    assert_not_created(RuntimeBytesRef::from_slice(b"a\xFF"), 1002, text);
}

#[test]
fn runtime_is_null() {
    let null = Instance(ptr::null_mut());
    let told = |phase| Err((phase, 1, "runtime handle is null".into()));
    let mut error = UNTOUCHED;
    let status = null.run_tx(ptr::null(), &raw mut error);
    assert_eq!(outcome(status, &error), told(RuntimeErrorPhase::RunTx));
    error = UNTOUCHED;
    let status = null.validate(ptr::null(), &raw mut error);
    assert_eq!(outcome(status, &error), told(RuntimeErrorPhase::ValidateBizInvariants));
    error = UNTOUCHED;
    let status = null.unload(&raw mut error);
    assert_eq!(outcome(status, &error), told(RuntimeErrorPhase::Unload));
    // Destroying it, as a drop does, does nothing.
    drop(null);
}

/// Runs a command that logs, on a host without a table, so that only the payload is looked at
/// first.
fn run(instance: &Instance, payload: RuntimeBytesRef) -> Result<(), Failure> {
    set_task(Task { entry: Entry::Log, way: Way::Raw });
    let run_tx = plugin::api().run_tx.unwrap();
    let host = RuntimeHostContextV1 { ctx_ptr: ptr::null_mut(), vtable: ptr::null() };
    let mut command = RuntimeCommandRef::new(1, 1, 0, &[]).view();
    command.payload = payload;
    let mut error = UNTOUCHED;
    // SAFETY: the instance is live or null, and the payload is not looked at (rules 1 and 9).
    let status = unsafe { run_tx(instance.0, host, command, &raw mut error) };
    outcome(status, &error)
}

#[test]
fn payload_is_null_and_has_a_length() {
    let told = || Err((RuntimeErrorPhase::RunTx, 1, NULL.into()));
    for len in [1, limits::COMMAND_PAYLOAD] {
        let payload = RuntimeBytesRef { ptr: ptr::null(), len };
        assert_eq!(run(&Instance::new(), payload), told());
        // It is looked at before the handle is.
        assert_eq!(run(&Instance(ptr::null_mut()), payload), told());
    }
}

#[test]
fn payload_is_null_and_has_no_length() {
    let (kind, text) = plugin::violation("runtime host vtable is null");
    let told = Err((RuntimeErrorPhase::RunTx, kind, text));
    let payload = RuntimeBytesRef { ptr: ptr::null(), len: 0 };
    assert_eq!(run(&Instance::new(), payload), told, "it gets as far as its host call");
}

#[test]
fn payload_is_longer_than_can_be_believed() {
    let instance = Instance::new();
    for len in [limits::COMMAND_PAYLOAD + 1, ABOVE_ISIZE, usize::MAX] {
        let text = format!("{len} bytes are more than the limit of {}", limits::COMMAND_PAYLOAD);
        let told = Err((RuntimeErrorPhase::RunTx, 1, text));
        for ptr in [b"x".as_ptr(), ptr::null()] {
            assert_eq!(run(&instance, RuntimeBytesRef { ptr, len }), told);
        }
    }
}

const fn fails() -> RuntimeCallStatus {
    RuntimeCallStatus::Failure
}

/// Every function that takes an error buffer, called so that it fails, with this one. The phase and
/// kind that each writes.
fn fail_each(
    out_error: impl Fn() -> *mut RuntimeErrorBuf,
    failed: impl Fn(RuntimeErrorPhase, u16),
) {
    set_task(Task { entry: Entry::ReadById, way: Way::Raw });
    let instance = Instance::new();
    let create_runtime = plugin::api().create_runtime.unwrap();
    // SAFETY: the buffer is null, or valid for writes (rule 9).
    let created = unsafe { create_runtime(RuntimeBytesRef::empty(), ptr::null_mut(), out_error()) };
    assert_eq!(created, fails());
    failed(RuntimeErrorPhase::Create, 1);
    let (violation, _) = plugin::violation("");
    assert_eq!(instance.run_tx(ptr::null(), out_error()), fails());
    failed(RuntimeErrorPhase::RunTx, violation);
    assert_eq!(instance.validate(ptr::null(), out_error()), fails());
    failed(RuntimeErrorPhase::ValidateBizInvariants, violation);
    assert_eq!(Instance(ptr::null_mut()).unload(out_error()), fails());
    failed(RuntimeErrorPhase::Unload, 1);
    assert_eq!(instance.unload(out_error()), RuntimeCallStatus::Success);
    failed(RuntimeErrorPhase::Load, 4002);
}

#[test]
fn out_error_is_null() {
    // There is nothing to write to, and the status says enough.
    fail_each(ptr::null_mut, |_, _| ());
}

#[test]
fn out_error_is_misaligned() {
    let mut two = [UNTOUCHED; 2];
    for by in [1, 2, 4] {
        let misaligned = (&raw mut two).cast::<RuntimeErrorBuf>().wrapping_byte_add(by);
        let failed = |phase, kind| {
            // SAFETY: within `two`, and any bytes are a buffer (rule 1).
            let written = unsafe { misaligned.read_unaligned() };
            assert_eq!((written.phase, written.kind.0), (phase, kind), "{written:?}");
            let rest = &written.message_buf[written.message_len..];
            let all_written = rest.iter().all(|&byte| byte == 0);
            assert!(all_written && written.message_len > 0 || phase == RuntimeErrorPhase::Load);
        };
        fail_each(|| misaligned, failed);
    }
}
