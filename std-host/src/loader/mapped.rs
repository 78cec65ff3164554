//! Mapping libraries, and the memory of what this process has mapped.

use std::{
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use libloading::Library;

use super::{LoadError, dlopen::dlopen, elf, file, world_writable};

/// Every library that was mapped here, in the order of mapping. One table for the process, because the dynamic linker's own is one: it answers
/// by path, and by device and inode, with what it has mapped before, whatever the file holds now.
static MAPPED: Mutex<Vec<Mapped>> = Mutex::new(Vec::new());

struct Mapped {
    /// Without symbolic links.
    path: PathBuf,
    /// As it was looked at before it was mapped.
    file: FileIdentity,
    /// `None` when the file was exchanged while it was mapped: nobody knows which of the two it is.
    library: Option<&'static Library>,
}

/// Maps a library for good, or finds it mapped.
pub(super) fn map(path: &Path, allow_world_writable: bool) -> Result<&'static Library, LoadError> {
    let changed = || LoadError::Changed { path: path.to_path_buf() };
    let unreadable = |source| LoadError::File { path: path.to_path_buf(), source };
    let canonical = path.canonicalize().map_err(unreadable)?;
    // Held while mapping: two threads that open one path see one answer. The table is never left half changed.
    let mut mapped = MAPPED.lock().unwrap_or_else(PoisonError::into_inner);
    let (open, metadata) = file::open(path)?;
    if !allow_world_writable {
        world_writable::refuse(path, &canonical, &metadata)?;
    }
    let file = FileIdentity::from(&metadata);
    if let Some(known) = mapped.iter().find(|known| known.answers_for(&canonical, file)) {
        return known.library.filter(|_| known.file == file).ok_or_else(changed);
    }
    elf::check(path, &open)?;
    let library = dlopen(&canonical)
        .map_err(|source| LoadError::Library { path: path.to_path_buf(), source })?;
    // What was mapped is what was looked at, unless the file was exchanged in between; then nobody gets it, later either.
    let is_same = FileIdentity::of(&canonical).is_ok_and(|now| now == file);
    let library = is_same.then_some(library);
    mapped.push(Mapped { path: canonical, file, library });
    library.ok_or_else(changed)
}

impl Mapped {
    /// Whether the dynamic linker would answer with this library when asked for that file.
    fn answers_for(&self, path: &Path, file: FileIdentity) -> bool {
        self.path == path || self.file.is_same_file(file)
    }
}

/// What tells whether a file is the one that it was, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileIdentity {
    #[cfg(unix)]
    device_and_inode: (u64, u64),
    #[cfg(unix)]
    modified: (i64, i64),
    #[cfg(not(unix))]
    modified: Option<std::time::SystemTime>,
    size: u64,
}

impl FileIdentity {
    fn of(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(|metadata| Self::from(&metadata))
    }

    #[cfg(unix)]
    fn is_same_file(self, other: Self) -> bool {
        self.device_and_inode == other.device_and_inode
    }

    /// Elsewhere only the path tells.
    #[cfg(not(unix))]
    fn is_same_file(self, _other: Self) -> bool {
        false
    }
}

#[cfg(unix)]
impl From<&Metadata> for FileIdentity {
    fn from(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            device_and_inode: (file.dev(), file.ino()),
            modified: (file.mtime(), file.mtime_nsec()),
            size: file.size(),
        }
    }
}

#[cfg(not(unix))]
impl From<&Metadata> for FileIdentity {
    fn from(file: &Metadata) -> Self {
        Self { modified: file.modified().ok(), size: file.len() }
    }
}
