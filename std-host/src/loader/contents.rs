//! Checks a file's bytes before the dynamic linker maps it, by the format of this system's
//! libraries.

use std::{fs::File, path::Path};

use object::{ReadCache, ReadRef as _};

#[cfg(not(windows))]
use super::elf as native;
#[cfg(windows)]
use super::pe as native;
use super::{Damage, LoadError, Machine, entry, format};

/// By this symbol a library says whether it catches panics: a byte that is 1 or 0.
pub(super) const CATCHES_PANICS: &str = "statevec_runtime_plugin_catches_panics";

/// The value of the byte behind such a symbol.
pub(super) fn flag(byte: &[u8]) -> Option<bool> {
    match byte {
        [0] => Some(false),
        [1] => Some(true),
        _ => None,
    }
}

/// The facts about a library that the loader needs. The default is for files that only the dynamic
/// linker judges.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// True if it refers to its own folder, for libraries that it needs.
    pub(super) uses_origin: bool,
    /// True if it catches panics; `None` if it does not say so.
    pub(super) catches_panics: Option<bool>,
}

/// The file, read where it is needed.
pub(super) type Data<'d> = &'d ReadCache<&'d File>;

/// The reason why a file is not given to the dynamic linker.
pub(super) enum Refusal {
    Machine { found: Machine, needed: Machine },
    Damage(Damage),
    NoEntry,
}

/// Checks that a file is whole, for this machine, and a plugin, as far as its format is known.
/// Names files of other known formats.
pub(super) fn check(path: &Path, file: &File) -> Result<Facts, LoadError> {
    let path_buf = || path.to_path_buf();
    let data = &ReadCache::new(file);
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
    if let Some(missing) = native::missing_libraries(&path, &ReadCache::new(file)) {
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

impl From<object::Error> for Refusal {
    fn from(error: object::Error) -> Self {
        Self::Damage(Damage::Header { reason: error.to_string() })
    }
}

impl From<Damage> for Refusal {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}
