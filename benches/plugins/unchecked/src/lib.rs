//! The benched plugin, written by hand against the C contract: the floor.
//!
//! It uses every pointer, length, status and function without a check, catches no panics, and
//! resets no buffers. It shows the cost of the bare calls, and is no example to follow.
#![allow(
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    unsafe_op_in_unsafe_fn,
    reason = "taking the contract's promises on trust, all of them, is what this plugin is for"
)]

mod commands;
mod payload;

use core::{ffi::c_void, ptr};

use statevec_abi::abi::{
    RUNTIME_PLUGIN_ABI_VERSION_V1, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView,
    RuntimeErrorBuf, RuntimeHostContextV1, RuntimePluginApiV1, RuntimeReadContextV1,
};

struct Bench {
    limit: i64,
}

/// The entry of this plugin library, version 1 of the StateVec plugin ABI.
#[unsafe(no_mangle)]
pub extern "C" fn statevec_runtime_plugin_entry_v1() -> RuntimePluginApiV1 {
    RuntimePluginApiV1 {
        abi_version: RUNTIME_PLUGIN_ABI_VERSION_V1,
        plugin_name: Some(plugin_name),
        schema_bytes: Some(schema_bytes),
        create_runtime: Some(create_runtime),
        destroy_runtime: Some(destroy_runtime),
        run_tx: Some(run_tx),
        validate_biz_invariants: Some(validate_biz_invariants),
        on_unload: Some(on_unload),
    }
}

unsafe extern "C" fn plugin_name() -> RuntimeBytesRef {
    RuntimeBytesRef::from_slice(b"bench")
}

unsafe extern "C" fn schema_bytes() -> RuntimeBytesRef {
    RuntimeBytesRef::from_slice(b"{}")
}

unsafe extern "C" fn create_runtime(
    _config: RuntimeBytesRef,
    out_runtime: *mut *mut c_void,
    _out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let bench = Box::new(Bench { limit: i64::MAX });
    *out_runtime = Box::into_raw(bench).cast();
    RuntimeCallStatus::Success
}

unsafe extern "C" fn destroy_runtime(runtime: *mut c_void) {
    drop(Box::from_raw(runtime.cast::<Bench>()));
}

unsafe extern "C" fn run_tx(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let limit = (*runtime.cast::<Bench>()).limit;
    let payload = command.payload.ptr;
    match command.command_kind {
        1 => RuntimeCallStatus::Success,
        2 => commands::read_by_id(host, payload, out_error),
        3 => commands::read_by_pk(host, payload, out_error),
        4 => commands::deposit(host, payload, limit, command.ref_ext_time_us, out_error),
        5 => commands::reject(
            "the account is closed: it takes neither deposits nor payouts",
            out_error,
        ),
        6 => commands::reject_formatted(payload, out_error),
        7 => commands::fail_in_host(host, payload, out_error),
        _ => commands::reject("unknown command", out_error),
    }
}

unsafe extern "C" fn validate_biz_invariants(
    _runtime: *mut c_void,
    _host: RuntimeReadContextV1,
    _out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    RuntimeCallStatus::Success
}

unsafe extern "C" fn on_unload(
    _runtime: *mut c_void,
    _out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    RuntimeCallStatus::Success
}

unsafe fn field<const N: usize>(bytes: *const u8, offset: usize) -> [u8; N] {
    ptr::read_unaligned(bytes.add(offset).cast())
}

unsafe fn set_field<const N: usize>(bytes: *mut u8, offset: usize, value: [u8; N]) {
    ptr::write_unaligned(bytes.add(offset).cast(), value);
}
