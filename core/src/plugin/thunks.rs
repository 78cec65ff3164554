//! The C functions of a plugin's table, generic over the [`Plugin`] and its storage.

use core::ffi::c_void;

use super::{
    Plugin,
    entry::{
        create_runtime_v1, destroy_runtime_v1, on_unload_v1, plugin_bytes_v1, run_tx_v1,
        validate_v1,
    },
};
use crate::abi::{
    RUNTIME_PLUGIN_ABI_VERSION_V1, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView,
    RuntimeErrorBuf, RuntimeHostContextV1, RuntimeHostVTableV1, RuntimePluginApiV1,
    RuntimeReadContextV1,
};
use crate::raw::{HasStandIns as _, InstanceStorage};

/// The table of a plugin whose instances live in `S`.
#[must_use]
pub const fn plugin_api<P: Plugin, S: InstanceStorage<P>>() -> RuntimePluginApiV1 {
    RuntimePluginApiV1 {
        abi_version: RUNTIME_PLUGIN_ABI_VERSION_V1,
        plugin_name: Some(plugin_name::<P>),
        schema_bytes: Some(schema_bytes::<P>),
        create_runtime: Some(create_runtime::<P, S>),
        destroy_runtime: Some(destroy_runtime::<P, S>),
        run_tx: Some(run_tx::<P>),
        validate_biz_invariants: Some(validate_biz_invariants::<P>),
        on_unload: Some(on_unload::<P>),
    }
}

unsafe extern "C" fn plugin_name<P: Plugin>() -> RuntimeBytesRef {
    plugin_bytes_v1(P::name)
}

unsafe extern "C" fn schema_bytes<P: Plugin>() -> RuntimeBytesRef {
    plugin_bytes_v1(P::schema)
}

unsafe extern "C" fn create_runtime<P: Plugin, S: InstanceStorage<P>>(
    config: RuntimeBytesRef,
    out_runtime: *mut *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: a host calls this entry with a configuration that is valid for the call, and with out
    // parameters that are null or valid for writes (rules 9 and 10).
    unsafe {
        create_runtime_v1::<P, S>(config, out_runtime, out_error, |config, error| {
            P::create(config, error)
        })
    }
}

unsafe extern "C" fn destroy_runtime<P: Plugin, S: InstanceStorage<P>>(runtime: *mut c_void) {
    // SAFETY: a host calls this entry with null or a handle of this table, so an instance of `P` in
    // `S`, and does not use it again (rules 7 and 10).
    unsafe { destroy_runtime_v1::<P, S>(runtime) };
}

// Never inlined, so that the body stands once, and not in `run_tx_on_stand_in`, too.
#[inline(never)]
unsafe extern "C" fn run_tx<P: Plugin>(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    mut command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // Two jumps take fewer instructions than the choice between three addresses that `run_tx_v1`
    // makes. Firmware has few bytes of flash, so there that choice does.
    if cfg!(not(target_os = "none"))
        && let Err(vtable) = RuntimeHostVTableV1::check(host.vtable)
    {
        let host = RuntimeHostContextV1 { vtable, ..host };
        // SAFETY: the arguments are those of this call, except the table, which is a static one
        // (rules 9 and 10).
        return unsafe { run_tx_on_stand_in::<P>(runtime, host, command, out_error) };
    }
    // SAFETY: a host calls this entry with null or a handle of this table, so an instance of `P`;
    // with a context and a payload that are valid for the call; and with an error buffer that is
    // null or valid for writes (rules 9 and 10).
    unsafe {
        run_tx_v1(runtime, host, &mut command, out_error, |plugin: &P, tx, command| {
            plugin.run_tx(tx, command)
        })
    }
}

/// [`run_tx`] with a stand-in for a table that cannot be read.
///
/// # Safety
///
/// As a host calls [`run_tx`].
#[cold]
#[inline(never)]
unsafe extern "C" fn run_tx_on_stand_in<P: Plugin>(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the arguments are as a host gives them, by this function's contract (rules 9 and 10).
    unsafe { run_tx::<P>(runtime, host, command, out_error) }
}

unsafe extern "C" fn validate_biz_invariants<P: Plugin>(
    runtime: *mut c_void,
    host: RuntimeReadContextV1,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: a host calls this entry with null or a handle of this table, so an instance of `P`;
    // with a context that is valid for the call; and with an error buffer that is null or valid for
    // writes (rules 9 and 10).
    unsafe {
        validate_v1(runtime, host, out_error, |plugin: &P, state| {
            plugin.validate_biz_invariants(state)
        })
    }
}

unsafe extern "C" fn on_unload<P: Plugin>(
    runtime: *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: a host calls this entry with null or a handle of this table, so an instance of `P`,
    // and with an error buffer that is null or valid for writes (rules 9 and 10).
    unsafe { on_unload_v1(runtime, out_error, |plugin: &mut P, error| plugin.on_unload(error)) }
}
