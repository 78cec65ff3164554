//! The way from a mapped library to a checked table: all of this crate's `unsafe` but the mapping itself.

use std::path::Path;

use libloading::{Library, Symbol};
use statevec_abi::{
    abi::{RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, RuntimePluginEntryV1},
    host::{PluginApi, TableError},
};

use super::LoadError;

/// The symbol without its final zero, for texts.
const SYMBOL: &str = "statevec_runtime_plugin_entry_v1";

/// Asks a library for its table, and checks it. The outer error: there is nobody to ask.
pub(super) fn table(
    path: &Path,
    library: &'static Library,
) -> Result<Result<PluginApi, TableError>, LoadError> {
    let missing = |source| LoadError::NoEntry { path: path.to_path_buf(), symbol: SYMBOL, source };
    // SAFETY: by the contract a symbol of this name is a function of this type; one that is null is `None` (rule 1).
    let symbol: Result<Symbol<'static, Option<RuntimePluginEntryV1>>, _> =
        unsafe { library.get(RUNTIME_PLUGIN_ENTRY_V1_SYMBOL) };
    let entry = symbol.map_err(|source| missing(Some(source)))?;
    let entry = (*entry).ok_or_else(|| missing(None))?;
    // SAFETY: a function of this type, just checked for null; its code stays mapped (rules 1 and 6).
    let table = unsafe { entry() };
    // SAFETY: a plugin's functions keep the contract, and their code stays mapped, whatever copies are made (rules 1 and 6).
    Ok(unsafe { PluginApi::check(&table) })
}
