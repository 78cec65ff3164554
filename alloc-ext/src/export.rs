//! Exports a factory's plugin: as a descriptor for static linking, or as the symbol of a library.

use core::ffi::c_void;

use alloc::boxed::Box;

use statevec_abi::{
    abi::{
        RUNTIME_PLUGIN_ABI_VERSION_V1, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView,
        RuntimeErrorBuf, RuntimeHostContextV1, RuntimePluginApiV1, RuntimeReadContextV1,
    },
    plugin::StaticPlugin,
};

use crate::{
    exported::{
        runtime_plugin_create_runtime_v1, runtime_plugin_destroy_runtime_v1,
        runtime_plugin_name_v1, runtime_plugin_on_unload_v1, runtime_plugin_run_tx_v1,
        runtime_plugin_schema_bytes_v1, runtime_plugin_validate_biz_invariants_v1,
    },
    schema_cell::SchemaCell,
    traits::RuntimePluginFactory,
};

/// A factory, and the static that its schema is written to.
///
/// [`static_runtime_plugin!`](crate::static_runtime_plugin) and
/// [`export_runtime_plugin!`](crate::export_runtime_plugin) implement it.
pub trait ExportedFactory: 'static {
    /// Makes the factory.
    fn factory() -> Box<dyn RuntimePluginFactory>;
    /// The static that keeps the schema JSON once it is written.
    fn schema_cache() -> &'static impl SchemaCell;
}

/// The descriptor of a factory's plugin, for static linking.
#[must_use]
pub const fn factory_plugin<F: ExportedFactory>() -> StaticPlugin {
    // SAFETY: every entry is a function of this module, which checks its arguments and keeps the
    // contract as long as the program runs (rule 1).
    unsafe { StaticPlugin::from_table(|| F::factory().plugin_name(), factory_api::<F>()) }
}

/// The table of a factory's plugin.
#[must_use]
pub const fn factory_api<F: ExportedFactory>() -> RuntimePluginApiV1 {
    RuntimePluginApiV1 {
        abi_version: RUNTIME_PLUGIN_ABI_VERSION_V1,
        plugin_name: Some(plugin_name::<F>),
        schema_bytes: Some(schema_bytes::<F>),
        create_runtime: Some(create_runtime::<F>),
        destroy_runtime: Some(destroy_runtime),
        run_tx: Some(run_tx),
        validate_biz_invariants: Some(validate_biz_invariants),
        on_unload: Some(on_unload),
    }
}

/// Makes the [`StaticPlugin`](statevec_abi::plugin::StaticPlugin) of a boxed plugin, to be linked
/// in; the expression makes its `Box<dyn RuntimePluginFactory>`, and uses no local variables.
///
/// ```
/// # use statevec_abi_alloc::*;
/// use statevec_abi::plugin::StaticPlugin;
/// # struct Factory;
/// # impl RuntimePluginFactory for Factory {
/// #     fn plugin_name(&self) -> &'static str { "boxed" }
/// #     fn schema_registry(&self) -> SchemaRegistry { unreachable!() }
/// #     fn create(&self, _: &str) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
/// #         Err(RuntimePluginLoadError::new("not today"))
/// #     }
/// # }
/// const PLUGINS: &[StaticPlugin] = &[static_runtime_plugin!(Box::new(Factory))];
/// assert!(StaticPlugin::find(PLUGINS, "boxed").is_some());
/// ```
#[macro_export]
macro_rules! static_runtime_plugin {
    ($factory:expr) => {{
        $crate::exported_factory!(__Linked, $factory);
        $crate::factory_plugin::<__Linked>()
    }};
}

/// Exports a plugin as the one symbol of a shared library; the expression makes its `Box<dyn
/// RuntimePluginFactory>`.
///
/// Write it in a package of its own that is a `cdylib`: every library that this package is linked
/// into has the symbol, and a library can have only one. As with
/// [`export_plugin!`](statevec_abi::export_plugin), it does not compile when panics are not caught,
/// unless `, panics = abort` says that this is wanted.
#[cfg(feature = "std")]
#[macro_export]
macro_rules! export_runtime_plugin {
    ($factory:expr $(,)?) => {
        const _: () = $crate::exports::assert_panics_are_caught();
        $crate::export_runtime_plugin!($factory, panics = abort);
    };
    ($factory:expr, panics = abort $(,)?) => {
        $crate::exports::export_panic_marker!();

        const _: () = {
            $crate::exported_factory!(__Exported, $factory);

            /// The entry of this plugin library, version 1 of the StateVec plugin ABI.
            #[unsafe(no_mangle)]
            pub extern "C" fn statevec_runtime_plugin_entry_v1()
            -> $crate::exports::RuntimePluginApiV1 {
                const { $crate::factory_api::<__Exported>() }
            }
        };
    };
}

/// Declares a type that is an `ExportedFactory`. Its name has underscores, so that it does not
/// shadow a name in the expression.
#[doc(hidden)]
#[macro_export]
macro_rules! exported_factory {
    ($name:ident, $factory:expr) => {
        struct $name;

        impl $crate::ExportedFactory for $name {
            fn factory() -> $crate::exports::Box<dyn $crate::RuntimePluginFactory> {
                $factory
            }

            fn schema_cache() -> &'static impl $crate::SchemaCell {
                static SCHEMA: $crate::exports::OnceBox<$crate::exports::String> =
                    $crate::exports::OnceBox::new();
                &SCHEMA
            }
        }
    };
}

unsafe extern "C" fn plugin_name<F: ExportedFactory>() -> RuntimeBytesRef {
    runtime_plugin_name_v1(F::factory)
}

unsafe extern "C" fn schema_bytes<F: ExportedFactory>() -> RuntimeBytesRef {
    runtime_plugin_schema_bytes_v1(F::factory, F::schema_cache())
}

unsafe extern "C" fn create_runtime<F: ExportedFactory>(
    config: RuntimeBytesRef,
    out_runtime: *mut *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: a host calls this entry with a configuration that is valid for the call, and with out
    // parameters that are null or valid for writes (rules 9 and 10).
    unsafe { runtime_plugin_create_runtime_v1(F::factory, config, out_runtime, out_error) }
}

unsafe extern "C" fn destroy_runtime(runtime: *mut c_void) {
    // SAFETY: a host calls this entry with null or a handle of this table, which
    // `runtime_plugin_create_runtime_v1` made, and does not use it again (rules 7 and 10).
    unsafe { runtime_plugin_destroy_runtime_v1(runtime) };
}

unsafe extern "C" fn run_tx(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: a host calls this entry with null or a handle of this table; with a context and a
    // payload that are valid for the call; and with an error buffer that is null or valid for
    // writes (rules 9 and 10).
    unsafe { runtime_plugin_run_tx_v1(runtime, host, command, out_error) }
}

unsafe extern "C" fn validate_biz_invariants(
    runtime: *mut c_void,
    host: RuntimeReadContextV1,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: a host calls this entry with null or a handle of this table; with a context that is
    // valid for the call; and with an error buffer that is null or valid for writes (rules 9 and
    // 10).
    unsafe { runtime_plugin_validate_biz_invariants_v1(runtime, host, out_error) }
}

unsafe extern "C" fn on_unload(
    runtime: *mut c_void,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: a host calls this entry with null or a handle of this table, and with an error buffer
    // that is null or valid for writes (rules 9 and 10).
    unsafe { runtime_plugin_on_unload_v1(runtime, out_error) }
}
