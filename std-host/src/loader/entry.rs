//! The way from a mapped library to a checked table: all of this crate's `unsafe` but the mapping itself.

use std::path::Path;

use libloading::{Library, Symbol};
use statevec_abi::{
    RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, RuntimePluginApiV1, RuntimePluginEntryV1,
    host::{PluginApi, TableError},
};

use super::LoadError;

/// The symbol without its final zero, for texts.
const SYMBOL: &str = "statevec_runtime_plugin_entry_v1";

/// Asks a library for its table.
pub(super) fn call(path: &Path, library: &'static Library) -> Result<RuntimePluginApiV1, LoadError> {
    let missing = |source| LoadError::NoEntry { path: path.to_path_buf(), symbol: SYMBOL, source };
    // SAFETY: by the contract a symbol of this name is a function of this type; one that is null is `None` (rule 1).
    let symbol: Result<Symbol<'static, Option<RuntimePluginEntryV1>>, _> = unsafe { library.get(RUNTIME_PLUGIN_ENTRY_V1_SYMBOL) };
    let entry = symbol.map_err(|source| missing(Some(source)))?;
    let entry = (*entry).ok_or_else(|| missing(None))?;
    // SAFETY: a function of this type, just checked for null; its code stays mapped (rules 1 and 6).
    Ok(unsafe { entry() })
}

/// Checks a table whose functions are in the process for good.
pub(super) fn check(table: &RuntimePluginApiV1) -> Result<PluginApi, TableError> {
    // SAFETY: the table came from `call`, or from a `StaticPlugin`, whose maker promised; either way the code outlives the
    // result (rules 1 and 6).
    unsafe { PluginApi::check(table) }
}
