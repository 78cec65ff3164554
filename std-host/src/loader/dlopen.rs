//! The call that maps a library, and what it mapped.

use std::{fs::File, path::Path};

use libloading::Library;

/// A library that is mapped for good, and the file that it was mapped from.
pub(super) struct Code {
    pub(super) library: Library,
    /// Open as long as the process lives: the number of the descriptor is the library's name for the
    /// dynamic linker, and must never become the name of another file.
    pub(super) file: File,
}

/// Maps a library for good, with all its symbols resolved now and none of them offered to other
/// libraries.
///
/// It stays mapped until the process ends, also when it turns out not to be a plugin: its
/// initialisers have run, and nobody knows what they left behind that points back into it (rule 6).
pub(super) fn by_path(path: &Path, file: File) -> Result<&'static Code, libloading::Error> {
    Ok(Box::leak(Box::new(Code { library: open(path)?, file })))
}

/// Maps the file that is open, whatever lies at its path by now.
///
/// The dynamic linker answers by name with what it has mapped before. The name is spelled in a way
/// of our own, in case that somebody else closed such a descriptor.
#[cfg(target_os = "linux")]
pub(super) fn by_descriptor(file: File) -> Result<&'static Code, libloading::Error> {
    by_path(&descriptor_path(&file), file)
}

/// Whether `/proc` is mounted, so that an open file has a path.
#[cfg(target_os = "linux")]
pub(super) fn has_path(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let of_path = std::fs::metadata(descriptor_path(file));
    let same = file.metadata().and_then(|open| Ok((open, of_path?)));
    same.is_ok_and(|(open, found)| (open.dev(), open.ino()) == (found.dev(), found.ino()))
}

#[cfg(target_os = "linux")]
fn descriptor_path(file: &File) -> std::path::PathBuf {
    use std::os::fd::AsRawFd as _;
    format!("/proc/self/fd/./{}", file.as_raw_fd()).into()
}

#[cfg(unix)]
fn open(path: &Path) -> Result<Library, libloading::Error> {
    use libloading::os::unix;
    let flags = unix::RTLD_NOW | unix::RTLD_LOCAL;
    // SAFETY: a plugin's initialisers keep the contract, which is the trust that `LoadedPlugin`
    // asks for; it is never unmapped (rule 6).
    unsafe { unix::Library::open(Some(path), flags) }.map(Library::from)
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: as above (rule 6).
    unsafe { Library::new(path) }
}
