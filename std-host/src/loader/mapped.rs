//! Maps libraries, and remembers what this process has mapped.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use statevec_abi::abi::RuntimePluginEntryV1;

use super::{
    LoadError, Sha256, contents,
    dlopen::{dlopen, keep_open},
    entry,
    file::{self, FromStart},
    identity::FileIdentity,
    name,
    opened::Opened,
    verify, world_writable,
};
#[cfg(target_os = "linux")]
use super::{loaded, proc};

/// Every library that was mapped here, in the order of mapping. There is one table per process, as
/// in the dynamic linker. The linker finds a mapped library by name, and by device and inode, also
/// if the file has changed since.
static MAPPED: Mutex<Vec<Mapped>> = Mutex::new(Vec::new());

struct Mapped {
    /// Without symbolic links.
    path: PathBuf,
    /// As it was checked before it was mapped.
    file: FileIdentity,
    library: Result<Library, Unusable>,
}

/// The reason why a mapped library is never used.
#[derive(Clone)]
enum Unusable {
    /// The file was written to while it was mapped.
    Changed,
    /// The entry function lies in another file.
    AnotherFile { found: Option<PathBuf> },
    /// There is no entry function.
    NoEntry,
}

/// A library that was checked and mapped.
#[derive(Clone)]
pub(super) struct Library {
    pub(super) entry: RuntimePluginEntryV1,
    /// The open file, and its state when it was checked.
    pub(super) file: (Arc<File>, FileIdentity),
    pub(super) catches_panics: Option<bool>,
}

impl Library {
    /// The file's bytes.
    pub(super) fn bytes(&self, path: &Path) -> Result<Vec<u8>, LoadError> {
        self.read(path, |reader| {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes)?;
            Ok(bytes)
        })
    }

    /// The digest of the file's bytes.
    pub(super) fn sha256(&self, path: &Path) -> Result<Sha256, LoadError> {
        self.read(path, |reader| Sha256::of(reader))
    }

    /// Reads the file, and checks that it is as it was when it was mapped.
    fn read<T>(
        &self,
        path: &Path,
        read: impl FnOnce(&mut FromStart<'_>) -> io::Result<T>,
    ) -> Result<T, LoadError> {
        let (file, identity) = &self.file;
        let result =
            read(&mut FromStart::of(file)).and_then(|result| Ok((result, FileIdentity::of(file)?)));
        let (result, now) =
            result.map_err(|source| LoadError::File { path: path.to_path_buf(), source })?;
        if now == *identity {
            Ok(result)
        } else {
            Err(LoadError::Changed { path: path.to_path_buf() })
        }
    }
}

/// Maps a library for good, or finds it mapped.
///
/// # Safety
///
/// As [`dlopen`].
pub(super) unsafe fn map(path: &Path, allow_world_writable: bool) -> Result<Library, LoadError> {
    let (file, _) = file::open(path)?;
    let opened = Opened::new(path, file)?;
    if !allow_world_writable {
        world_writable::refuse(path, &opened.canonical, &opened.file)?;
    }
    // SAFETY: the caller's promise (rule 6).
    unsafe { map_open(path, opened) }
}

/// Maps a library that is open already, for good, or finds it mapped.
///
/// # Safety
///
/// As [`dlopen`].
pub(super) unsafe fn map_open(path: &Path, opened: Opened) -> Result<Library, LoadError> {
    let changed = || LoadError::Changed { path: path.to_path_buf() };
    // Held while mapping: two threads that open one path see one answer. The table is never left
    // half changed.
    let mut mapped = MAPPED.lock().unwrap_or_else(PoisonError::into_inner);
    let unreadable = |source| LoadError::File { path: path.to_path_buf(), source };
    let identity = opened.identity;
    let known = mapped.iter().find(|known| known.answers_for(&opened.canonical, identity));
    if let Some(known) = known {
        let library = known.library.clone().map_err(|reason| reason.into_error(path))?;
        return if known.file == identity { Ok(library) } else { Err(changed()) };
    }
    file::refuse_noexec(path, &opened.file)?;
    let facts = contents::check(path, &opened.file)?;
    if maps_predecessor(&opened) {
        return Err(changed());
    }
    let name = name::name(path, &opened, facts.uses_origin)?;
    // SAFETY: the caller vouches for the initialisers of the library and of those that it needs
    // (rule 6).
    let library = unsafe { dlopen(&name) }
        .map_err(|source| contents::refused_by_linker(path, &opened.file, source))?;
    let open = Arc::new(opened.file);
    keep_open(&open);
    let verified = entry::find(path, &library).and_then(|entry| {
        let descriptor = opened.descriptor.as_deref();
        verify::check(path, &open, entry as usize, descriptor, facts.entry)?;
        if FileIdentity::of(&open).map_err(unreadable)? != identity {
            return Err(changed());
        }
        Ok(Library { entry, file: (open, identity), catches_panics: facts.catches_panics })
    });
    let remembered = verified.as_ref().map(Library::clone).map_err(Unusable::from);
    mapped.push(Mapped { path: opened.canonical, file: identity, library: remembered });
    verified
}

/// Returns true if other code of the process has mapped a file that lay there before.
///
/// The linker's list of libraries tells cheaply that there is none. Only the table of mappings
/// tells which file was mapped.
#[cfg(target_os = "linux")]
fn maps_predecessor(opened: &Opened) -> bool {
    loaded::has_name_of(opened.identity) && proc::maps_predecessor(&opened.canonical, &opened.file)
}

/// Elsewhere the check after loading detects it.
#[cfg(not(target_os = "linux"))]
fn maps_predecessor(_: &Opened) -> bool {
    false
}

impl Mapped {
    /// Returns true if the dynamic linker would answer with this library when asked for that file.
    fn answers_for(&self, path: &Path, file: FileIdentity) -> bool {
        self.path == path || self.file.is_same_file(file)
    }
}

impl Unusable {
    fn into_error(self, path: &Path) -> LoadError {
        let path = path.to_path_buf();
        match self {
            Self::Changed => LoadError::Changed { path },
            Self::AnotherFile { found } => LoadError::AnotherFile { path, found },
            Self::NoEntry => LoadError::NoEntry { path, symbol: entry::SYMBOL, source: None },
        }
    }
}

impl From<&LoadError> for Unusable {
    fn from(error: &LoadError) -> Self {
        match error {
            LoadError::AnotherFile { found, .. } => Self::AnotherFile { found: found.clone() },
            LoadError::NoEntry { .. } => Self::NoEntry,
            _ => Self::Changed,
        }
    }
}
