//! Checks a file's bytes before the dynamic linker maps it, by the format of this system's
//! libraries.

use std::{fs::File, path::Path};

use object::{ReadCache, ReadRef as _};

#[cfg(not(windows))]
use super::elf as native;
#[cfg(windows)]
use super::pe as native;
use super::{
    LoadError,
    blocks::Blocks,
    entry,
    facts::{Data, Facts, Refusal},
    format,
};

/// Checks that a file is whole, for this machine, and a plugin, as far as its format is known.
/// Names files of other known formats.
pub(super) fn check(path: &Path, file: &File) -> Result<Facts, LoadError> {
    let path_buf = || path.to_path_buf();
    let data = &ReadCache::new(Blocks::of(file));
    if let Some(found) = foreign_format(path, data) {
        return Err(LoadError::Format { path: path_buf(), found });
    }
    native::check(data).map_err(|refusal| match refusal {
        Refusal::Damage(source) => LoadError::Damaged { path: path_buf(), source },
        Refusal::Machine { found, needed } => {
            LoadError::Machine { path: path_buf(), found, needed }
        }
        Refusal::NoEntry => {
            LoadError::NoEntry { path: path_buf(), symbol: entry::SYMBOL, source: None }
        }
    })
}

/// The error for a file that the dynamic linker does not load. On Windows it names the libraries
/// that are missing, because the system's error does not.
pub(super) fn refused_by_linker(path: &Path, file: &File, source: libloading::Error) -> LoadError {
    let path = path.to_path_buf();
    #[cfg(windows)]
    if let Some(missing) = native::missing_libraries(&path, &ReadCache::new(Blocks::of(file))) {
        return LoadError::MissingLibraries { path, missing, source };
    }
    let _ = file;
    LoadError::Library { path, source }
}

fn foreign_format(path: &Path, data: Data<'_>) -> Option<&'static str> {
    if path.file_name().is_some_and(|name| name == "Cargo.toml") {
        return Some("a package's manifest");
    }
    let len = data.len().unwrap_or_default().min(format::MAGIC_LEN as u64);
    format::foreign(data.read_bytes_at(0, len).unwrap_or_default())
}
