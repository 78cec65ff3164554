//! The call that maps a library.

use std::{mem::ManuallyDrop, path::Path};

use libloading::Library;

/// Maps a library, resolves all its symbols, and offers none of them to other libraries.
///
/// The library stays mapped until the process ends, also when it turns out not to be a plugin: its
/// initialisers have run, and something may point back into it (rule 6).
///
/// # Safety
///
/// The initialisers of the library, and of the libraries that it needs, are sound to run in this
/// process.
pub(super) unsafe fn dlopen(name: &Path) -> Result<ManuallyDrop<Library>, libloading::Error> {
    // SAFETY: the caller vouches for the initialisers; a library that is never dropped stays mapped
    // (rule 6).
    let library = unsafe { open(name) }?;
    Ok(ManuallyDrop::new(library))
}

/// # Safety
///
/// As [`dlopen`].
#[cfg(unix)]
unsafe fn open(name: &Path) -> Result<Library, libloading::Error> {
    use libloading::os::unix;
    let flags = unix::RTLD_NOW | unix::RTLD_LOCAL;
    // SAFETY: the caller vouches for the initialisers (rule 6).
    unsafe { unix::Library::open(Some(name), flags) }.map(Library::from)
}

/// # Safety
///
/// As [`dlopen`].
#[cfg(not(unix))]
unsafe fn open(name: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: the caller vouches for the initialisers (rule 6).
    unsafe { Library::new(name) }
}
