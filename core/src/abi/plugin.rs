//! The vtable of a plugin, and the symbol that returns it.

use core::ffi::c_void;

use super::{
    bytes::RuntimeBytesRef,
    command::RuntimeCommandView,
    error::RuntimeErrorBuf,
    host::{RuntimeHostContextV1, RuntimeReadContextV1},
    status::RuntimeCallStatus,
};
use crate::abi::layout::assert_layout;

/// The version of this contract.
pub const RUNTIME_PLUGIN_ABI_VERSION_V1: u32 = 1;
/// Name of the one symbol that a plugin exports, with its final zero.
pub const RUNTIME_PLUGIN_ENTRY_V1_SYMBOL: &[u8] = b"statevec_runtime_plugin_entry_v1\0";

/// Returns the plugin's name: UTF-8 that lives as long as the plugin's code.
pub type PluginNameFn = unsafe extern "C" fn() -> RuntimeBytesRef;
/// Returns the schema JSON (ABI.md section 5): UTF-8 that lives as long as the plugin's code.
pub type SchemaBytesFn = unsafe extern "C" fn() -> RuntimeBytesRef;
/// Creates an instance and writes its handle to `out_runtime`.
pub type CreateRuntimeFn = unsafe extern "C" fn(
    config: RuntimeBytesRef,
    out_runtime: *mut *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;
/// Destroys an instance; null is ignored.
pub type DestroyRuntimeFn = unsafe extern "C" fn(runtime: *mut c_void);
/// Runs one command.
pub type RunTxFn = unsafe extern "C" fn(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;
/// Checks the business invariants.
pub type ValidateBizInvariantsFn = unsafe extern "C" fn(
    runtime: *mut c_void,
    host: RuntimeReadContextV1,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;
/// Lets an instance release what it holds, before it is destroyed.
pub type OnUnloadFn = unsafe extern "C" fn(
    runtime: *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus;

/// A plugin's functions. The table is returned by value and so cannot grow: a new function gets a
/// new symbol.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct RuntimePluginApiV1 {
    /// [`RUNTIME_PLUGIN_ABI_VERSION_V1`].
    pub abi_version: u32,
    /// The plugin's name.
    pub plugin_name: Option<PluginNameFn>,
    /// The schema JSON.
    pub schema_bytes: Option<SchemaBytesFn>,
    /// Creates an instance.
    pub create_runtime: Option<CreateRuntimeFn>,
    /// Destroys an instance.
    pub destroy_runtime: Option<DestroyRuntimeFn>,
    /// Runs one command.
    pub run_tx: Option<RunTxFn>,
    /// Checks the business invariants.
    pub validate_biz_invariants: Option<ValidateBizInvariantsFn>,
    /// Prepares an instance for its end.
    pub on_unload: Option<OnUnloadFn>,
}

assert_layout!(RuntimePluginApiV1 {
    size: [64, 32, 32],
    align: [8, 4, 4],
    abi_version: [0, 0, 0],
    plugin_name: [8, 4, 4],
    schema_bytes: [16, 8, 8],
    create_runtime: [24, 12, 12],
    destroy_runtime: [32, 16, 16],
    run_tx: [40, 20, 20],
    validate_biz_invariants: [48, 24, 24],
    on_unload: [56, 28, 28],
});

/// Type of the symbol [`RUNTIME_PLUGIN_ENTRY_V1_SYMBOL`].
pub type RuntimePluginEntryV1 = unsafe extern "C" fn() -> RuntimePluginApiV1;
