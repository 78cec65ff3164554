//! The shared libraries that cargo built for the benches.

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
};

use libloading::Library;
use statevec_abi::abi::{RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, RuntimePluginEntryV1};

/// The entry function of a plugin library; `name` is its package's, with underscores. The library
/// stays mapped until the process ends.
///
/// # Errors
///
/// There is no such library, or no such symbol in it.
pub fn entry(name: &str) -> Result<RuntimePluginEntryV1, Box<dyn Error>> {
    let library = open(name)?;
    // SAFETY: the library is one of ours, whose symbol of this name has this type (rule 1).
    let entry = unsafe { library.get::<RuntimePluginEntryV1>(RUNTIME_PLUGIN_ENTRY_V1_SYMBOL) }?;
    Ok(*entry)
}

/// Maps a library, for good.
///
/// # Errors
///
/// There is no such library, or it cannot be mapped.
pub fn open(name: &str) -> Result<&'static Library, Box<dyn Error>> {
    map(&path(name)?)
}

/// Maps a library of a path, for good.
///
/// # Errors
///
/// It cannot be mapped.
pub fn map(path: &Path) -> Result<&'static Library, Box<dyn Error>> {
    // SAFETY: the library is one of ours, and is never unmapped (rule 6).
    let library =
        unsafe { Library::new(path) }.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Box::leak(Box::new(library)))
}

/// The path of a dependency's library: cargo puts it beside the executable of a test or bench, or
/// into `deps` below it.
///
/// # Errors
///
/// There is no such file.
pub fn path(name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let file = format!("{}{name}{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let executable = env::current_exe()?;
    let folder = executable.parent().ok_or("the executable is in no folder")?;
    let places = [folder.join("deps").join(&file), folder.join(&file)];
    let found = places.into_iter().find(|place| place.is_file());
    found
        .ok_or_else(|| format!("{file} is neither in {0} nor in {0}/deps", folder.display()).into())
}
