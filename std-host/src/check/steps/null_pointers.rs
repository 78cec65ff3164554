//! Null handles, contexts and out parameters, each in a step of its own: a plugin that reads one
//! ends the process.

use std::{ffi::c_void, ptr};

use statevec_abi::abi::{
    RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView, RuntimeErrorBuf, RuntimeHostContextV1,
    RuntimePluginApiV1, RuntimeReadContextV1,
};

use crate::check::{run::Run, watch};

/// A context without a table. A plugin that checks its handle first never looks at it.
const NO_HOST: RuntimeHostContextV1 =
    RuntimeHostContextV1 { ctx_ptr: ptr::null_mut(), vtable: ptr::null() };
const NO_STATE: RuntimeReadContextV1 =
    RuntimeReadContextV1 { ctx_ptr: ptr::null_mut(), vtable: ptr::null() };

pub(in crate::check) fn null_pointers(run: &Run<'_>) {
    let Some(table) = watch::table() else { return };
    let raw = Raw { table, config: &run.job.config };
    let must_fail = |name: &str, call: &dyn Fn() -> RuntimeCallStatus| {
        run.step(name, || {
            if call() == RuntimeCallStatus::Success {
                run.fail("the call succeeds; check the pointer and fail with kind 1");
            }
        });
    };
    must_fail("run_tx without a handle", &|| {
        raw.run(ptr::null_mut(), raw.empty(), &mut RuntimeErrorBuf::RESET.clone())
    });
    must_fail("validate_biz_invariants without a handle", &|| {
        raw.validate(ptr::null_mut(), &mut RuntimeErrorBuf::RESET.clone())
    });
    must_fail("on_unload without a handle", &|| {
        raw.unload(ptr::null_mut(), &mut RuntimeErrorBuf::RESET.clone())
    });
    run.step("destroy_runtime without a handle", || raw.destroy(ptr::null_mut()));
    must_fail("create_runtime without a place for the handle", &|| {
        raw.create(raw.config(), ptr::null_mut(), &mut RuntimeErrorBuf::RESET.clone())
    });
    must_fail("a configuration that is null with a length", &|| {
        let mut runtime = ptr::null_mut();
        let bytes = RuntimeBytesRef { ptr: ptr::null(), len: 8 };
        raw.create(bytes, &raw mut runtime, &mut RuntimeErrorBuf::RESET.clone())
    });
    must_fail("a payload that is null with a length", &|| {
        raw.on_instance(|runtime| {
            let payload = RuntimeBytesRef { ptr: ptr::null(), len: 8 };
            let command = RuntimeCommandView { payload, ..raw.empty() };
            raw.run(runtime, command, &mut RuntimeErrorBuf::RESET.clone())
        })
    });
    run.step("run_tx with a context without a table", || {
        raw.on_instance(|runtime| {
            raw.run(runtime, raw.empty(), &mut RuntimeErrorBuf::RESET.clone())
        });
    });
    run.step("failing calls without an error buffer", || {
        raw.run(ptr::null_mut(), raw.empty(), ptr::null_mut());
        raw.validate(ptr::null_mut(), ptr::null_mut());
        raw.unload(ptr::null_mut(), ptr::null_mut());
        raw.create(raw.config(), ptr::null_mut(), ptr::null_mut());
    });
    run.step("working calls without an error buffer", || {
        let mut runtime = ptr::null_mut();
        if raw.create(raw.config(), &raw mut runtime, ptr::null_mut()) == RuntimeCallStatus::Success
        {
            raw.unload(runtime, ptr::null_mut());
            raw.destroy(runtime);
        }
    });
}

/// The plugin's functions, called directly.
struct Raw<'c> {
    table: RuntimePluginApiV1,
    config: &'c str,
}

impl Raw<'_> {
    fn config(&self) -> RuntimeBytesRef {
        RuntimeBytesRef::from_slice(self.config.as_bytes())
    }

    /// A command of kind 0 without a payload.
    fn empty(&self) -> RuntimeCommandView {
        RuntimeCommandView {
            command_kind: 0,
            ext_seq: 1,
            ref_ext_time_us: 0,
            payload: RuntimeBytesRef::empty(),
        }
    }

    /// Makes a call on a new instance, and destroys it. A plugin that makes none fails.
    fn on_instance(
        &self,
        call: impl FnOnce(*mut c_void) -> RuntimeCallStatus,
    ) -> RuntimeCallStatus {
        let (mut runtime, mut error) = (ptr::null_mut(), RuntimeErrorBuf::RESET);
        let created = self.create(self.config(), &raw mut runtime, &raw mut error);
        if created != RuntimeCallStatus::Success || runtime.is_null() {
            return RuntimeCallStatus::Failure;
        }
        let status = call(runtime);
        self.destroy(runtime);
        status
    }

    fn create(
        &self,
        config: RuntimeBytesRef,
        out_runtime: *mut *mut c_void,
        out_error: *mut RuntimeErrorBuf,
    ) -> RuntimeCallStatus {
        let Some(create) = self.table.create_runtime else { return RuntimeCallStatus::Failure };
        // SAFETY: each pointer is live for the call, or null, which the contract allows or asks the
        // plugin to find (rules 1 and 9).
        unsafe { create(config, out_runtime, out_error) }
    }

    fn run(
        &self,
        runtime: *mut c_void,
        command: RuntimeCommandView,
        out_error: *mut RuntimeErrorBuf,
    ) -> RuntimeCallStatus {
        let Some(run) = self.table.run_tx else { return RuntimeCallStatus::Failure };
        // SAFETY: the handle is live or null, and each pointer is live or null, which the contract
        // asks the plugin to find (rules 1 and 9).
        unsafe { run(runtime, NO_HOST, command, out_error) }
    }

    fn validate(&self, runtime: *mut c_void, out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
        let Some(validate) = self.table.validate_biz_invariants else {
            return RuntimeCallStatus::Failure;
        };
        // SAFETY: the handle is live or null, and each pointer is live or null, which the contract
        // asks the plugin to find (rules 1 and 9).
        unsafe { validate(runtime, NO_STATE, out_error) }
    }

    fn unload(&self, runtime: *mut c_void, out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
        let Some(unload) = self.table.on_unload else { return RuntimeCallStatus::Failure };
        // SAFETY: the handle is live or null, and each pointer is live or null, which the contract
        // asks the plugin to find (rules 1 and 9).
        unsafe { unload(runtime, out_error) }
    }

    fn destroy(&self, runtime: *mut c_void) {
        let Some(destroy) = self.table.destroy_runtime else { return };
        // SAFETY: null, or an instance of this table that is not used again (rules 1 and 10).
        unsafe { destroy(runtime) };
    }
}
