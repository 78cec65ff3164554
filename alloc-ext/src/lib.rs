#![no_std]
#![doc = include_str!("../README.md")]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod adapter;
mod boxed;
mod error_text;
mod errors;
#[cfg(any(target_has_atomic = "ptr", feature = "critical-section"))]
mod export;
mod exported;
pub mod schema;
#[cfg(any(target_has_atomic = "ptr", feature = "critical-section"))]
mod schema_cell;
mod traits;
mod typed;

pub use adapter::{RuntimeHostContextV1Adapter, RuntimeReadContextV1Adapter};
pub use boxed::Boxed;
pub use error_text::{runtime_error_message, runtime_error_text};
pub use errors::{
    RuntimeHostError, RuntimePluginError, RuntimePluginLoadError, RuntimePluginUnloadError,
};
#[cfg(any(target_has_atomic = "ptr", feature = "critical-section"))]
pub use export::{ExportedFactory, factory_api, factory_plugin};
#[cfg(any(target_has_atomic = "ptr", feature = "critical-section"))]
pub use exported::runtime_plugin_schema_bytes_v1;
pub use exported::{
    ExportedRuntimePluginV1Handle, Factory, runtime_plugin_create_runtime_v1,
    runtime_plugin_destroy_runtime_v1, runtime_plugin_name_v1, runtime_plugin_on_unload_v1,
    runtime_plugin_run_tx_v1, runtime_plugin_validate_biz_invariants_v1,
};
pub use schema::{
    CommandDefinition, EnumDefinition, EnumVariantDefinition, EventDefinition, FieldDefinition,
    FieldType, PayloadFieldDefinition, RecordDefinition, SchemaError, SchemaFingerprint,
    SchemaIdentity, SchemaIdlError, SchemaRegistry, Version,
};
#[cfg(any(target_has_atomic = "ptr", feature = "critical-section"))]
pub use schema_cell::SchemaCell;
pub use traits::{
    BizInvariantReadContext, RuntimeCommandEnvelope, RuntimeHostContext, RuntimePlugin,
    RuntimePluginFactory,
};
pub use typed::{InvariantReadContextExt, RuntimeHostContextExt};

/// Names for the expansion of the export macros.
#[cfg(any(target_has_atomic = "ptr", feature = "critical-section"))]
#[doc(hidden)]
pub mod exports {
    pub use alloc::{boxed::Box, string::String};
    pub use once_cell::race::OnceBox;
    pub use statevec_abi::{
        abi::RuntimePluginApiV1, export_panic_marker, plugin::assert_panics_are_caught,
    };
}
