#![doc = include_str!("../README.md")]

mod guarded;
mod host;
mod instance;
mod schema;
mod steps;
mod verdict;
mod visitor;

use statevec_abi::abi::{RUNTIME_PLUGIN_ABI_VERSION_V1, RuntimePluginApiV1};

pub use schema::{Check, Row, SCHEMA, Verdict};
pub use steps::{Ending, STEPS, Step};
pub use verdict::Outcome;

/// The entry of the plugin library.
#[unsafe(no_mangle)]
pub extern "C" fn statevec_runtime_plugin_entry_v1() -> RuntimePluginApiV1 {
    RuntimePluginApiV1 {
        abi_version: RUNTIME_PLUGIN_ABI_VERSION_V1,
        plugin_name: Some(instance::plugin_name),
        schema_bytes: Some(instance::schema_bytes),
        create_runtime: Some(instance::create_runtime),
        destroy_runtime: Some(instance::destroy_runtime),
        run_tx: Some(instance::run_tx),
        validate_biz_invariants: Some(instance::validate_biz_invariants),
        on_unload: Some(instance::on_unload),
    }
}
