//! The log that an argument names: a data directory, or a single file.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use statevec_abi::txlog::SegmentHeader;
use statevec_host::{
    durable::{DataDirectory, DurableError},
    storage::FileSystem,
    txlog::{DirectoryLock, LogError},
};

use super::error::CliError;

pub(crate) enum LogPlace {
    Directory(DataDirectory),
    File(PathBuf),
}

impl LogPlace {
    /// `shown` is the user's name of the path, for errors.
    pub(crate) fn find(shown: &Path, path: &Path) -> Result<Self, CliError> {
        let unreadable = |source| CliError::LogPath { path: shown.into(), source };
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if metadata.is_dir() {
            return Ok(Self::Directory(data_directory(shown, path)?));
        }
        if !metadata.is_file() {
            return Err(CliError::NoLogFile { path: shown.into() });
        }
        if !may_be_log(path).map_err(unreadable)? {
            return Err(CliError::NotALog { path: shown.into() });
        }
        Ok(Self::File(path.into()))
    }

    /// The last entry that is known to be acknowledged; a file knows none.
    pub(crate) fn acknowledged(&self) -> Result<Option<Acknowledged>, CliError> {
        match self {
            Self::Directory(directory) => Acknowledged::of(directory),
            Self::File(_) => Ok(None),
        }
    }
}

/// The data directory that an argument names; `shown` is the user's name of it.
pub(crate) fn data_directory(shown: &Path, path: &Path) -> Result<DataDirectory, CliError> {
    fs::metadata(path).map_err(|source| CliError::DataPath { path: shown.into(), source })?;
    if !path.join("log").is_dir() {
        return Err(CliError::NoDataDirectory { path: shown.into() });
    }
    Ok(DataDirectory::new(Arc::new(FileSystem), path))
}

/// Returns false if a file begins with other bytes than a log. A damaged log that is told from
/// another file only by later bytes gets a closer error when it is read.
fn may_be_log(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(SegmentHeader::MAGIC.len() as u64).read_to_end(&mut start)?;
    Ok(SegmentHeader::MAGIC.starts_with(&start))
}

/// The last entry of a data directory that its lock file knows to be acknowledged.
pub(crate) struct Acknowledged {
    entry: u64,
    dir: PathBuf,
    lock: PathBuf,
}

impl Acknowledged {
    /// `None` if no process has written here. Read it before the log: entries that are acknowledged
    /// while the log is read may lie behind the end that the reader finds.
    pub(crate) fn of(directory: &DataDirectory) -> Result<Option<Self>, CliError> {
        let (dir, lock) = (directory.log(), directory.lock());
        let (entry, _) = DirectoryLock::left_behind(&**directory.storage(), &lock)
            .map_err(DurableError::from)?;
        Ok(entry.map(|entry| Self { entry, dir, lock }))
    }

    /// The entry, if a log that ends with `last` does not have it.
    pub(crate) fn lost_behind(&self, last: u64) -> Option<u64> {
        Some(self.entry).filter(|entry| *entry > last)
    }

    /// Fails if a log that ends with `last` does not have the entry.
    pub(crate) fn check_is_in(self, last: u64) -> Result<(), LogError> {
        match self.lost_behind(last) {
            None => Ok(()),
            Some(acknowledged) => {
                Err(LogError::LostEnd { dir: self.dir, last, acknowledged, lock: self.lock })
            }
        }
    }
}
