//! Libraries that are pinned to their digest.

use std::path::Path;

use super::{LoadError, Sha256, mapped::Library};

/// Maps the library with these bytes for good, or finds it mapped. Nothing is loaded unless the
/// file has the digest.
///
/// # Safety
///
/// The initialisers of a library with this digest are sound to run in this process.
#[cfg(target_os = "linux")]
pub(super) unsafe fn map(path: &Path, expected: Sha256) -> Result<Library, LoadError> {
    use std::sync::PoisonError;

    use super::{contents, entry, file, identity::FileIdentity, proc, sealed::SealedCopy, verify};

    let unsealed = |source| LoadError::Seal { path: path.to_path_buf(), source };
    let (file, metadata) = file::open(path)?;
    if proc::name_of(&file).is_none() {
        return Err(LoadError::PinUnsupported { path: path.to_path_buf() });
    }
    file::refuse_noexec(path, &file)?;
    let copy = SealedCopy::of(&file, metadata.len(), expected).map_err(unsealed)?;
    let found = Sha256::of(copy.bytes()).map_err(unsealed)?;
    if found != expected {
        return Err(LoadError::Digest { path: path.to_path_buf(), expected, found });
    }
    // Held while mapping: two threads that pin one digest see one library.
    let mut pinned = PINNED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, library)) = pinned.iter().find(|(digest, _)| *digest == found) {
        return Ok(library.clone());
    }
    let facts = contents::check(path, copy.bytes())?;
    // SAFETY: the bytes have the digest that the caller vouches for, and are sealed (rule 6).
    let (library, file, name) = unsafe { copy.map(path) }?;
    let entry = entry::find(path, &library)?;
    verify::check(path, &file, entry as usize, Some(&name), facts.entry)?;
    let identity = FileIdentity::of(&file).map_err(unsealed)?;
    let library = Library { entry, file: (file, identity), catches_panics: facts.catches_panics };
    pinned.push((found, library.clone()));
    Ok(library)
}

/// Maps the library with these bytes for good, or finds it mapped. Nothing is loaded unless the
/// file has the digest.
///
/// The file is opened before it is hashed, and stays open until the process ends. Until then no
/// process can write to it, rename it or remove it.
///
/// # Safety
///
/// The initialisers of a library with this digest are sound to run in this process.
#[cfg(windows)]
pub(super) unsafe fn map(path: &Path, expected: Sha256) -> Result<Library, LoadError> {
    use std::sync::PoisonError;

    use super::{file, mapped, opened::Opened};

    let (file, _) = file::open_fixed(path)?;
    let found = Sha256::of(file::FromStart::of(&file));
    let found = found.map_err(|source| LoadError::File { path: path.to_path_buf(), source })?;
    if found != expected {
        return Err(LoadError::Digest { path: path.to_path_buf(), expected, found });
    }
    // Held while mapping: two threads that pin one digest see one library.
    let mut pinned = PINNED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, library)) = pinned.iter().find(|(digest, _)| *digest == found) {
        return Ok(library.clone());
    }
    // SAFETY: the file has the digest that the caller vouches for, and nobody can change it (rule
    // 6).
    let library = unsafe { mapped::map_open(path, Opened::new(path, file)?) }?;
    pinned.push((found, library.clone()));
    Ok(library)
}

/// Every library that was mapped by its digest.
#[cfg(any(target_os = "linux", windows))]
static PINNED: std::sync::Mutex<Vec<(Sha256, Library)>> = std::sync::Mutex::new(Vec::new());

/// # Safety
///
/// None is needed: nothing is loaded.
#[cfg(not(any(target_os = "linux", windows)))]
pub(super) unsafe fn map(path: &Path, _: Sha256) -> Result<Library, LoadError> {
    Err(LoadError::PinUnsupported { path: path.to_path_buf() })
}
