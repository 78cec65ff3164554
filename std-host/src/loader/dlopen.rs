//! The one call that maps a library.

use std::path::Path;

use libloading::Library;

/// Maps a library for good, with all its symbols resolved now and none of them offered to other libraries.
///
/// It stays mapped until the process ends, also when it turns out not to be a plugin: its initialisers have run, and nobody knows what they left
/// behind that points back into it (rule 6).
pub(super) fn dlopen(path: &Path) -> Result<&'static Library, libloading::Error> {
    Ok(Box::leak(Box::new(open(path)?)))
}

#[cfg(unix)]
fn open(path: &Path) -> Result<Library, libloading::Error> {
    use libloading::os::unix;
    let flags = unix::RTLD_NOW | unix::RTLD_LOCAL;
    // SAFETY: a plugin's initialisers keep the contract, which is the trust that `LoadedPlugin` asks for; it is never unmapped (rule 6).
    unsafe { unix::Library::open(Some(path), flags) }.map(Library::from)
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: as above (rule 6).
    unsafe { Library::new(path) }
}
