//! Libraries that are known by their digest.

use std::path::Path;

use libloading::Library;

use super::{LoadError, Sha256};

/// Maps the library with these bytes for good, or finds it mapped. Nothing is loaded unless the file has the digest.
#[cfg(target_os = "linux")]
pub(super) fn map(path: &Path, expected: Sha256) -> Result<&'static Library, LoadError> {
    use std::sync::PoisonError;

    use super::{elf, file, sealed::SealedCopy};

    let unsealed = |source| LoadError::Seal { path: path.to_path_buf(), source };
    let (file, metadata) = file::open(path)?;
    let len = metadata.len();
    if len > MAX_LEN {
        return Err(LoadError::TooLarge { path: path.to_path_buf(), len, limit: MAX_LEN });
    }
    let copy = SealedCopy::of(&file, len, expected).map_err(unsealed)?;
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

/// The longest file that is copied to memory, in bytes. One that is longer is a file that holds something else.
#[cfg(target_os = "linux")]
const MAX_LEN: u64 = 1 << 30;

/// Every library that was mapped by its digest.
#[cfg(target_os = "linux")]
static PINNED: std::sync::Mutex<Vec<(Sha256, &'static Library)>> =
    std::sync::Mutex::new(Vec::new());

#[cfg(not(target_os = "linux"))]
pub(super) fn map(path: &Path, _: Sha256) -> Result<&'static Library, LoadError> {
    Err(LoadError::PinUnsupported { path: path.to_path_buf() })
}
