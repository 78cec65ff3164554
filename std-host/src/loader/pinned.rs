//! Libraries that are known by their digest.

use std::path::Path;

use super::{LoadError, Sha256, dlopen::Code};

/// Maps the library with these bytes for good, or finds it mapped. Nothing is loaded unless the file has the digest.
#[cfg(target_os = "linux")]
pub(super) fn map(path: &Path, expected: Sha256) -> Result<&'static Code, LoadError> {
    use std::sync::PoisonError;

    use super::{dlopen, elf, file, sealed::SealedCopy};

    let unsealed = |source| LoadError::Seal { path: path.to_path_buf(), source };
    let (file, metadata) = file::open(path)?;
    if !dlopen::has_path(&file) {
        return Err(LoadError::PinUnsupported { path: path.to_path_buf() });
    }
    let copy = SealedCopy::of(&file, metadata.len(), expected).map_err(unsealed)?;
    let found = Sha256::of(copy.bytes()).map_err(unsealed)?;
    if found != expected {
        return Err(LoadError::Digest { path: path.to_path_buf(), expected, found });
    }
    // Held while mapping: two threads that pin one digest see one library.
    let mut pinned = PINNED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, library)) = pinned.iter().find(|(digest, _)| *digest == found) {
        return Ok(library);
    }
    elf::check(path, copy.bytes())?;
    let library =
        copy.map().map_err(|source| LoadError::Library { path: path.to_path_buf(), source })?;
    pinned.push((found, library));
    Ok(library)
}

/// Every library that was mapped by its digest.
#[cfg(target_os = "linux")]
static PINNED: std::sync::Mutex<Vec<(Sha256, &'static Code)>> = std::sync::Mutex::new(Vec::new());

#[cfg(not(target_os = "linux"))]
pub(super) fn map(path: &Path, _: Sha256) -> Result<&'static Code, LoadError> {
    Err(LoadError::PinUnsupported { path: path.to_path_buf() })
}
