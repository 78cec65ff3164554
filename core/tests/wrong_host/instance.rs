//! An instance of the plugin, and what it answers.

use core::{ffi::c_void, ptr};

use statevec_abi::{
    abi::{
        RUNTIME_ERROR_MESSAGE_CAPACITY, RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf,
        RuntimeErrorKind, RuntimeErrorPhase, RuntimeHostContextV1, RuntimeHostVTableV1,
        RuntimeReadContextV1, RuntimeReadVTableV1,
    },
    boundary::RuntimeCommandRef,
};

use crate::{
    call::{Call, During, Task, Way, set_task},
    host::{HOST, READ},
    plugin,
    script::{HONEST, Script, follow},
};

/// Why a call of the plugin failed: phase, kind and text.
pub(crate) type Failure = (RuntimeErrorPhase, u16, String);

/// Destroyed when dropped.
pub(crate) struct Instance(pub(crate) *mut c_void);

impl Instance {
    pub(crate) fn new() -> Self {
        let create = plugin::api().create_runtime.unwrap();
        let mut runtime = ptr::null_mut();
        // SAFETY: the pointers are live or null (rule 9).
        let status = unsafe { create(RuntimeBytesRef::empty(), &raw mut runtime, ptr::null_mut()) };
        assert_eq!(status, RuntimeCallStatus::Success);
        Self(runtime)
    }

    /// Lets the plugin make a host call, on a host that follows a script.
    pub(crate) fn make(&self, call: Call, way: Way, script: Script) -> Result<(), Failure> {
        self.make_through(call, way, script, &raw const HOST, &raw const READ)
    }

    /// The same, on tables of any kind.
    pub(crate) fn make_through(
        &self,
        call: Call,
        way: Way,
        script: Script,
        host: *const RuntimeHostVTableV1,
        read: *const RuntimeReadVTableV1,
    ) -> Result<(), Failure> {
        set_task(Task { entry: call.entry, way });
        follow(&[], script, call.phase());
        let mut error = UNTOUCHED;
        let status = match call.during {
            During::RunTx => self.run_tx(host, &raw mut error),
            During::Validate => self.validate(read, &raw mut error),
        };
        outcome(status, &error)
    }

    pub(crate) fn run_tx(
        &self,
        vtable: *const RuntimeHostVTableV1,
        out_error: *mut RuntimeErrorBuf,
    ) -> RuntimeCallStatus {
        let run_tx = plugin::api().run_tx.unwrap();
        let host = RuntimeHostContextV1 { ctx_ptr: ptr::null_mut(), vtable };
        let command = RuntimeCommandRef::new(1, 1, 0, &[]).view();
        // SAFETY: the instance lives or is null; table and buffer are live, null, or not aligned
        // (rules 1, 9 and 10).
        unsafe { run_tx(self.0, host, command, out_error) }
    }

    pub(crate) fn validate(
        &self,
        vtable: *const RuntimeReadVTableV1,
        out_error: *mut RuntimeErrorBuf,
    ) -> RuntimeCallStatus {
        let validate = plugin::api().validate_biz_invariants.unwrap();
        let host = RuntimeReadContextV1 { ctx_ptr: ptr::null_mut(), vtable };
        // SAFETY: as above (rules 1, 9 and 10).
        unsafe { validate(self.0, host, out_error) }
    }

    pub(crate) fn unload(&self, out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
        let on_unload = plugin::api().on_unload.unwrap();
        // SAFETY: as above (rules 9 and 10).
        unsafe { on_unload(self.0, out_error) }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let destroy = plugin::api().destroy_runtime.unwrap();
        // SAFETY: null or made by `new`, and not used again (rule 10).
        unsafe { destroy(self.0) };
    }
}

/// Every byte set, so that what a call does not write shows.
pub(crate) const UNTOUCHED: RuntimeErrorBuf = RuntimeErrorBuf {
    phase: RuntimeErrorPhase(0xEEEE_EEEE),
    kind: RuntimeErrorKind(0xEEEE),
    message_len: 0xEEEE,
    message_buf: [0xEE; RUNTIME_ERROR_MESSAGE_CAPACITY],
};

/// What a call has written into an untouched buffer: all of it when it failed, and at least the
/// header when it succeeded.
#[track_caller]
pub(crate) fn outcome(status: RuntimeCallStatus, error: &RuntimeErrorBuf) -> Result<(), Failure> {
    match status {
        RuntimeCallStatus::Success => {
            let header = (error.phase, error.kind.0, error.message_len);
            assert_eq!(header, (RuntimeErrorPhase::Load, 4002, 0));
            Ok(())
        }
        RuntimeCallStatus::Failure => {
            let rest = &error.message_buf[error.message_len..];
            assert!(rest.iter().all(|&byte| byte == 0), "a failure writes the whole buffer");
            Err((error.phase, error.kind.0, error.message().to_string()))
        }
        status => panic!("the plugin returned {status:?}"),
    }
}

/// What a plugin's caller is told when a host breaks the contract: as much of a text as fits.
pub(crate) fn violation(call: Call, text: &str) -> Result<(), Failure> {
    let (kind, text) = plugin::violation(text);
    Err((call.phase(), kind, cut(text)))
}

/// What a plugin's caller is told when a host call failed with this kind and text.
pub(crate) fn reported(call: Call, kind: u16, text: &str) -> Result<(), Failure> {
    let (kind, text) = plugin::reported(call, kind, text);
    Err((call.phase(), kind, cut(text)))
}

/// As much of a text as fits, in whole chars.
fn cut(mut text: String) -> String {
    let end = (0..=RUNTIME_ERROR_MESSAGE_CAPACITY).rev().find(|at| text.is_char_boundary(*at));
    text.truncate(end.unwrap_or(0));
    text
}

/// Makes a call on a host that follows a script, which must be told so; and then on an honest one,
/// for the instance must go on.
#[track_caller]
pub(crate) fn assert_told(call: Call, way: Way, script: Script, told: Result<(), Failure>) {
    let instance = Instance::new();
    assert_eq!(instance.make(call, way, script), told, "{call:?}, {way:?}, {script:?}");
    assert_eq!(instance.make(call, Way::Raw, HONEST), Ok(()), "{call:?}: the instance goes on");
}
