//! The call that maps a library.

use std::{
    fs::File,
    mem::ManuallyDrop,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

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
    // SAFETY: the caller vouches for the initialisers of the library and of those that it needs
    // (rule 6).
    unsafe { unix::Library::open(Some(name), flags) }.map(Library::from)
}

/// Libraries that this one needs are searched in its own folder and the system's. The working
/// folder, the program's folder and `PATH` could hold what somebody else put there.
///
/// # Safety
///
/// As [`dlopen`].
#[cfg(windows)]
unsafe fn open(name: &Path) -> Result<Library, libloading::Error> {
    use libloading::os::windows;
    let flags = windows::LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | windows::LOAD_LIBRARY_SEARCH_SYSTEM32;
    // SAFETY: the caller vouches for the initialisers of the library and of those that it needs
    // (rule 6).
    unsafe { windows::Library::load_with_flags(name, flags) }.map(Library::from)
}

/// Keeps the descriptor of a mapped library open until the process ends. So its number does not
/// become the name of another file, and backtraces of the plugin find their symbols.
pub(super) fn keep_open(file: &Arc<File>) {
    static OPEN: Mutex<Vec<Arc<File>>> = Mutex::new(Vec::new());
    OPEN.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(file));
}
