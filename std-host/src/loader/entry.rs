//! The way from a mapped library to a checked table: all of this crate's `unsafe` but the mapping itself.

use std::path::Path;

use libloading::Symbol;
use statevec_abi::{
    abi::{RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, RuntimePluginEntryV1},
    host::{PluginApi, TableError},
};

use super::{LoadError, dlopen::Code};

/// The symbol without its final zero, for texts.
const SYMBOL: &str = "statevec_runtime_plugin_entry_v1";

/// The byte that [`statevec_abi::export_plugin!`] puts beside the entry.
const CATCHES_PANICS_SYMBOL: &[u8] = b"statevec_runtime_plugin_catches_panics\0";

/// Asks a library for its table, and checks it. The outer error: there is nobody to ask.
pub(super) fn table(
    path: &Path,
    code: &'static Code,
) -> Result<Result<PluginApi, TableError>, LoadError> {
    let missing = |source| LoadError::NoEntry { path: path.to_path_buf(), symbol: SYMBOL, source };
    // SAFETY: by the contract a symbol of this name is a function of this type; one that is null is `None` (rule 1).
    let symbol: Result<Symbol<'static, Option<RuntimePluginEntryV1>>, _> =
        unsafe { code.library.get(RUNTIME_PLUGIN_ENTRY_V1_SYMBOL) };
    let entry = symbol.map_err(|source| missing(Some(source)))?;
    let entry = (*entry).ok_or_else(|| missing(None))?;
    check_place(path, entry, code)?;
    // SAFETY: a function of this type, just checked for null; its code stays mapped (rules 1 and 6).
    let table = unsafe { entry() };
    // SAFETY: a plugin's functions keep the contract, and their code stays mapped, whatever copies are made (rules 1 and 6).
    Ok(unsafe { PluginApi::check(&table) })
}

/// The dynamic linker also looks in the libraries that a library needs, and answers for a file with
/// one that it has mapped before. So the entry must lie in the very file.
///
/// Where `/proc` is not mounted nobody can tell.
#[cfg(target_os = "linux")]
fn check_place(path: &Path, entry: RuntimePluginEntryV1, code: &Code) -> Result<(), LoadError> {
    use super::whose::{Whose, whose};

    let path = || path.to_path_buf();
    match whose(entry as usize, code) {
        Ok(Whose::Own) | Err(_) => Ok(()),
        Ok(Whose::Dependency) => Err(LoadError::EntryOfDependency { path: path(), symbol: SYMBOL }),
        Ok(Whose::Other) => Err(LoadError::Changed { path: path() }),
    }
}

#[cfg(not(target_os = "linux"))]
fn check_place(_: &Path, _: RuntimePluginEntryV1, _: &Code) -> Result<(), LoadError> {
    Ok(())
}

/// Whether the plugin catches its panics, as the byte beside its entry says; `None` when there is
/// none, as in a plugin that was not made with this workspace.
pub(super) fn catches_panics(code: &'static Code) -> Option<bool> {
    // SAFETY: by the contract of this workspace a symbol of this name is a constant byte (rule 1).
    let byte: Symbol<'static, *const u8> =
        unsafe { code.library.get(CATCHES_PANICS_SYMBOL) }.ok()?;
    // SAFETY: as above, and its library stays mapped (rules 1 and 6).
    Some(unsafe { byte.as_ref() }? != &0)
}
