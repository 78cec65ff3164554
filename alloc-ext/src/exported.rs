//! The published helper functions: a plugin's seven functions over a factory of boxed plugins.
//!
//! Each is a thin shell over core's function of the same purpose, and so has its checks, its panic
//! catching and its quarantine.

use core::ffi::c_void;

use alloc::boxed::Box;

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    abi::{
        RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView, RuntimeErrorBuf,
        RuntimeHostContextV1, RuntimeReadContextV1, runtime_error_kind,
    },
    plugin::entry::{
        create_runtime_v1, destroy_runtime_v1, on_unload_v1, plugin_bytes_v1, run_tx_v1,
        validate_v1,
    },
};

use crate::{
    adapter::{RuntimeHostContextV1Adapter, RuntimeReadContextV1Adapter},
    boxed::Boxed,
    traits::{RuntimePlugin, RuntimePluginFactory},
};

/// Makes the factory of a plugin.
pub type Factory = fn() -> Box<dyn RuntimePluginFactory>;

/// A boxed plugin, as an instance.
pub struct ExportedRuntimePluginV1Handle {
    /// The plugin.
    pub plugin: Box<dyn RuntimePlugin>,
}

/// `plugin_name` of a factory's plugin.
#[must_use]
pub fn runtime_plugin_name_v1(factory: Factory) -> RuntimeBytesRef {
    plugin_bytes_v1(|| factory().plugin_name())
}

/// `schema_bytes` of a factory's plugin: written once, into `cache`.
#[cfg(any(target_has_atomic = "ptr", feature = "critical-section"))]
#[must_use]
pub fn runtime_plugin_schema_bytes_v1(
    factory: Factory,
    cache: &'static impl crate::SchemaCell,
) -> RuntimeBytesRef {
    plugin_bytes_v1(|| cache.get_or_make(|| factory().schema_registry().to_idl_json()))
}

/// `create_runtime` of a factory's plugin.
///
/// # Safety
///
/// `config` points to bytes valid for the call; `out_runtime` and `out_error` are null or valid for
/// writes for the call.
pub unsafe fn runtime_plugin_create_runtime_v1(
    factory: Factory,
    config: RuntimeBytesRef,
    out_runtime: *mut *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the caller promised a configuration that is valid for the call, and out parameters
    // that are null or valid for writes (rules 9 and 10).
    unsafe {
        create_runtime_v1::<_, Boxed>(
            config,
            out_runtime,
            out_error,
            |config, error| match factory().create(config) {
                Ok(plugin) => Ok(ExportedRuntimePluginV1Handle { plugin }),
                Err(reason) => Err(error.config_error(format_args!("{reason}"))),
            },
        )
    }
}

/// `destroy_runtime` of an instance made by [`runtime_plugin_create_runtime_v1`]; null is ignored.
///
/// # Safety
///
/// `runtime` is null, or was made by that function and not destroyed since.
pub unsafe fn runtime_plugin_destroy_runtime_v1(runtime: *mut c_void) {
    // SAFETY: null, or an instance of this plugin type in `Boxed`, which the caller promised not to
    // use again (rule 7).
    unsafe { destroy_runtime_v1::<ExportedRuntimePluginV1Handle, Boxed>(runtime) };
}

/// `run_tx` of an instance made by [`runtime_plugin_create_runtime_v1`].
///
/// # Safety
///
/// `runtime` is null or such an instance, alive; `host` and the command's payload are valid for the
/// call; `out_error` is null or valid for writes for the call.
pub unsafe fn runtime_plugin_run_tx_v1(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    mut command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: null or a live instance of this plugin type; context and payload are valid for the
    // call, and `out_error` is null or valid for writes, as the caller promised (rules 7, 9 and
    // 10).
    unsafe {
        run_tx_v1(
            runtime,
            host,
            &mut command,
            out_error,
            |handle: &ExportedRuntimePluginV1Handle, tx, command| {
                let result =
                    handle.plugin.run_tx(&mut RuntimeHostContextV1Adapter::over(tx), command);
                result.map_err(|reason| tx.reject(format_args!("{reason}")))
            },
        )
    }
}

/// `validate_biz_invariants` of an instance made by [`runtime_plugin_create_runtime_v1`].
///
/// # Safety
///
/// `runtime` is null or such an instance, alive; `host` is valid for the call; `out_error` is null
/// or valid for writes for the call.
pub unsafe fn runtime_plugin_validate_biz_invariants_v1(
    runtime: *mut c_void,
    host: RuntimeReadContextV1,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: null or a live instance of this plugin type; the context is valid for the call, and
    // `out_error` is null or valid for writes, as the caller promised (rules 7, 9 and 10).
    unsafe {
        validate_v1(runtime, host, out_error, |handle: &ExportedRuntimePluginV1Handle, state| {
            let result =
                handle.plugin.validate_biz_invariants(&RuntimeReadContextV1Adapter::over(state));
            result.map_err(|reason| state.reject(format_args!("{reason}")))
        })
    }
}

/// `on_unload` of an instance made by [`runtime_plugin_create_runtime_v1`].
///
/// # Safety
///
/// `runtime` is null or such an instance, alive; `out_error` is null or valid for writes for the
/// call.
pub unsafe fn runtime_plugin_on_unload_v1(
    runtime: *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: null or a live instance of this plugin type; `out_error` is null or valid for writes,
    // as the caller promised (rules 7 and 9).
    unsafe {
        on_unload_v1(runtime, out_error, |handle: &mut ExportedRuntimePluginV1Handle, error| {
            let result = handle.plugin.on_unload();
            let kind = runtime_error_kind::PLUGIN_INTERNAL_ERROR;
            result.map_err(|reason| error.fail(kind, format_args!("{reason}")))
        })
    }
}
