//! Mapping libraries, and the memory of what this process has mapped.

use std::{
    fs::{File, Metadata},
    path::{Path, PathBuf, absolute},
    sync::{Mutex, PoisonError},
};

use super::{
    LoadError,
    dlopen::{self, Code},
    elf, file, world_writable,
};

/// Every library that was mapped here, in the order of mapping. One table for the process, because
/// the dynamic linker's own is one: it answers by path, and by device and inode, with what it has
/// mapped before, whatever the file holds now.
static MAPPED: Mutex<Vec<Mapped>> = Mutex::new(Vec::new());

struct Mapped {
    /// Without symbolic links.
    path: PathBuf,
    /// As it was looked at before it was mapped.
    file: FileIdentity,
    /// `None` when the file was changed while it was mapped: nobody knows what was read of it.
    code: Option<&'static Code>,
}

/// Maps a library for good, or finds it mapped. What is checked and what is mapped is one open
/// file, whatever happens to its path meanwhile.
pub(super) fn map(path: &Path, allow_world_writable: bool) -> Result<&'static Code, LoadError> {
    let changed = || LoadError::Changed { path: path.to_path_buf() };
    let unreadable = |source| LoadError::File { path: path.to_path_buf(), source };
    let canonical = path.canonicalize().map_err(unreadable)?;
    // Held while mapping: two threads that open one path see one answer. The table is never left
    // half changed.
    let mut mapped = MAPPED.lock().unwrap_or_else(PoisonError::into_inner);
    let (open, metadata) = file::open(path)?;
    if !allow_world_writable {
        world_writable::refuse(path, &canonical, &metadata)?;
    }
    let file = FileIdentity::from(&metadata);
    if let Some(known) = mapped.iter().find(|known| known.answers_for(&canonical, file)) {
        return known.code.filter(|_| known.file == file).ok_or_else(changed);
    }
    let checked = elf::check(path, &open)?;
    let code = map_open(path, open, checked)?;
    let is_same = code.file.metadata().is_ok_and(|now| FileIdentity::from(&now) == file);
    let code = is_same.then_some(code);
    mapped.push(Mapped { path: canonical, file, code });
    code.ok_or_else(changed)
}

/// Maps by the descriptor where it has a path. Not where the library finds others relative to its
/// own folder: it would look for them beside the descriptor.
fn map_open(path: &Path, file: File, checked: elf::Checked) -> Result<&'static Code, LoadError> {
    let refused = |source| LoadError::Library { path: path.to_path_buf(), source };
    #[cfg(target_os = "linux")]
    if !checked.speaks_of_origin && dlopen::has_path(&file) {
        return dlopen::by_descriptor(file).map_err(refused);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = checked;
    // As it was given, so that `$ORIGIN` is the folder of a link and not that of its target.
    let absolute =
        absolute(path).map_err(|source| LoadError::File { path: path.to_path_buf(), source })?;
    if cfg!(unix) && absolute.as_os_str().as_encoded_bytes().contains(&b'$') {
        return Err(LoadError::Token { path: path.to_path_buf() });
    }
    dlopen::by_path(&absolute, file).map_err(refused)
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
