//! Calls of the helper functions, as a foreign host makes them.

use std::{ffi::c_void, ptr};

use statevec_abi::abi::{
    RUNTIME_ERROR_MESSAGE_CAPACITY, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView,
    RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase, RuntimeHostContextV1,
    RuntimeHostVTableV1, RuntimeReadContextV1, RuntimeReadVTableV1,
};
use statevec_abi_alloc::{
    runtime_plugin_create_runtime_v1, runtime_plugin_destroy_runtime_v1,
    runtime_plugin_on_unload_v1, runtime_plugin_run_tx_v1,
    runtime_plugin_validate_biz_invariants_v1,
};

use crate::{host::HOST, plugin::factory};

/// A buffer whose bytes are all set, so that bytes that a call does not write are found.
const UNTOUCHED: RuntimeErrorBuf = RuntimeErrorBuf {
    phase: RuntimeErrorPhase(0xEEEE_EEEE),
    kind: RuntimeErrorKind(0xEEEE),
    message_len: 0xEEEE,
    message_buf: [0xEE; RUNTIME_ERROR_MESSAGE_CAPACITY],
};

/// Bytes at a null pointer, which is a fault unless their number is 0.
pub(crate) const fn null_bytes(len: usize) -> RuntimeBytesRef {
    RuntimeBytesRef { ptr: ptr::null(), len }
}

/// Everything that a call wrote: status, error buffer, out parameters.
pub(crate) struct Call {
    status: RuntimeCallStatus,
    pub(crate) error: RuntimeErrorBuf,
}

pub(crate) fn call(body: impl FnOnce(*mut RuntimeErrorBuf) -> RuntimeCallStatus) -> Call {
    let mut error = UNTOUCHED;
    let status = body(&raw mut error);
    Call { status, error }
}

impl Call {
    #[track_caller]
    pub(crate) fn assert_failed(&self, phase: RuntimeErrorPhase, kind: u16, message: &str) {
        assert_eq!(self.error.message().to_string(), message);
        let written = (self.status, self.error.phase, self.error.kind.0);
        assert_eq!(written, (RuntimeCallStatus::Failure, phase, kind));
        assert_eq!(self.error.message_len, message.len());
        let rest = &self.error.message_buf[message.len()..];
        assert!(rest.iter().all(|&byte| byte == 0), "a failure initialises the whole buffer");
    }

    #[track_caller]
    pub(crate) fn assert_succeeded(&self) {
        assert_eq!(self.status, RuntimeCallStatus::Success, "{:?}", self.error);
        let header = (self.error.phase, self.error.kind.0, self.error.message_len);
        assert_eq!(header, (RuntimeErrorPhase::Load, 4002, 0));
        let text = self.error.message_buf;
        assert!(text.iter().all(|&byte| byte == 0xEE), "a success touches the header only");
    }
}

/// An instance, destroyed when dropped.
pub(crate) struct Runtime(pub(crate) *mut c_void);

impl Drop for Runtime {
    fn drop(&mut self) {
        // SAFETY: null, or made by `create` and not used after this (rule 7).
        unsafe { runtime_plugin_destroy_runtime_v1(self.0) };
    }
}

impl Runtime {
    /// No instance.
    pub(crate) const NULL: Self = Self(ptr::null_mut());

    pub(crate) fn of(config: &str) -> Self {
        let (runtime, call) = Self::create(RuntimeBytesRef::from_slice(config.as_bytes()));
        call.assert_succeeded();
        assert!(!runtime.0.is_null());
        runtime
    }

    pub(crate) fn create(config: RuntimeBytesRef) -> (Self, Call) {
        let mut runtime = Self::NULL;
        let out = &raw mut runtime.0;
        // SAFETY: the pointers are live for the call, and the config is live or null (rules 1 and
        // 9).
        let call =
            call(|error| unsafe { runtime_plugin_create_runtime_v1(factory, config, out, error) });
        (runtime, call)
    }

    /// Runs a command on [`HOST`].
    pub(crate) fn run(&self, command_kind: u8, payload: &[u8]) -> Call {
        self.run_raw(command_kind, RuntimeBytesRef::from_slice(payload), &raw const HOST)
    }

    /// The host's context is the runtime itself.
    pub(crate) fn run_raw(
        &self,
        command_kind: u8,
        payload: RuntimeBytesRef,
        vtable: *const RuntimeHostVTableV1,
    ) -> Call {
        call(|error| self.run_into(command_kind, payload, vtable, error))
    }

    pub(crate) fn run_into(
        &self,
        command_kind: u8,
        payload: RuntimeBytesRef,
        vtable: *const RuntimeHostVTableV1,
        out_error: *mut RuntimeErrorBuf,
    ) -> RuntimeCallStatus {
        let host = RuntimeHostContextV1 { ctx_ptr: self.0, vtable };
        let command = RuntimeCommandView { command_kind, ext_seq: 1, ref_ext_time_us: 2, payload };
        // SAFETY: null or a live instance; the other pointers are live for the call, or null (rules
        // 1, 7 and 9).
        unsafe { runtime_plugin_run_tx_v1(self.0, host, command, out_error) }
    }

    pub(crate) fn validate(&self, vtable: *const RuntimeReadVTableV1) -> Call {
        let host = RuntimeReadContextV1 { ctx_ptr: self.0, vtable };
        // SAFETY: null or a live instance; the table is live or null, and the buffer is live for
        // the call (rules 1, 7 and 9).
        call(|error| unsafe { runtime_plugin_validate_biz_invariants_v1(self.0, host, error) })
    }

    pub(crate) fn unload(&self) -> Call {
        // SAFETY: null or a live instance; the buffer is live for the call (rules 7 and 9).
        call(|error| unsafe { runtime_plugin_on_unload_v1(self.0, error) })
    }
}
