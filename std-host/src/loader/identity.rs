//! The identity of a file, by which a changed or exchanged one is recognised.

use std::{fs::File, io, path::Path};

/// Identity and state of a file. Equal values mean: the same file, and not written to in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileIdentity {
    device: u64,
    number: u64,
    /// In units of the system.
    modified: (i64, i64),
    size: u64,
}

impl FileIdentity {
    /// Returns true if both are one file, which may have been written to in between.
    pub(super) fn is_same_file(self, other: Self) -> bool {
        (self.device, self.number) == (other.device, other.number)
    }
}

#[cfg(unix)]
impl FileIdentity {
    /// Asks the system for the state of an open file.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        file.metadata().map(Self::from)
    }

    /// Asks the system for the state of the file that a path leads to.
    pub(super) fn of_path(path: &Path) -> io::Result<Self> {
        std::fs::metadata(path).map(Self::from)
    }
}

#[cfg(unix)]
impl From<std::fs::Metadata> for FileIdentity {
    fn from(file: std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            device: file.dev(),
            number: file.ino(),
            modified: (file.mtime(), file.mtime_nsec()),
            size: file.size(),
        }
    }
}

#[cfg(windows)]
impl FileIdentity {
    /// Asks the system for the state of an open file.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let file = winapi_util::file::information(file)?;
        Ok(Self {
            device: file.volume_serial_number(),
            number: file.file_index(),
            modified: (file.last_write_time().unwrap_or_default().cast_signed(), 0),
            size: file.file_size(),
        })
    }

    /// Asks the system for the state of the file that a path leads to.
    pub(super) fn of_path(path: &Path) -> io::Result<Self> {
        Self::of(winapi_util::Handle::from_path_any(path)?.as_file())
    }
}
