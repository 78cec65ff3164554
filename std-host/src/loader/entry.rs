//! Finds and calls the entry function of a mapped library.

use std::path::Path;

use libloading::{Library, Symbol};
use statevec_abi::{
    abi::{RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, RuntimePluginEntryV1},
    host::{PluginApi, TableError},
};

use super::LoadError;

/// The symbol without its final zero, as texts and symbol tables have it.
pub(super) const SYMBOL: &str = "statevec_runtime_plugin_entry_v1";

/// Asks the dynamic linker for the entry function.
///
/// The linker searches the library and then the libraries that it needs, so the caller checks where
/// the function lies before it is called.
pub(super) fn find(path: &Path, library: &Library) -> Result<RuntimePluginEntryV1, LoadError> {
    let missing = |source| LoadError::NoEntry { path: path.to_path_buf(), symbol: SYMBOL, source };
    // SAFETY: the contract says that a symbol of this name is a function of this type; null becomes
    // `None` (rule 1).
    let symbol: Result<Symbol<'_, Option<RuntimePluginEntryV1>>, _> =
        unsafe { library.get(RUNTIME_PLUGIN_ENTRY_V1_SYMBOL) };
    let entry = symbol.map_err(|source| missing(Some(source)))?;
    (*entry).ok_or_else(|| missing(None))
}

/// Calls the entry function for the plugin's table, and checks the table.
///
/// # Safety
///
/// The plugin keeps the contract.
pub(super) unsafe fn table(entry: RuntimePluginEntryV1) -> Result<PluginApi, TableError> {
    // SAFETY: the function lies in a mapped library, and the caller vouches for the plugin (rules 1
    // and 6).
    let table = unsafe { entry() };
    // SAFETY: the caller vouches for the functions in the table; their library stays mapped (rules
    // 1 and 6).
    unsafe { PluginApi::check(&table) }
}
