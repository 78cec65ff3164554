//! The identity of a file on Unix: its device and inode.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;

use super::Identity;

impl Identity {
    fn of(metadata: &Metadata) -> Option<Self> {
        Some(Self { device: metadata.dev(), number: metadata.ino() })
    }

    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        Self::of(&fs::metadata(path).ok()?)
    }

    pub(crate) fn of_fd(fd: impl AsFd) -> Option<Self> {
        let file = File::from(fd.as_fd().try_clone_to_owned().ok()?);
        Self::of(&file.metadata().ok()?)
    }

    pub(crate) fn of_stdout() -> Option<Self> {
        Self::of_fd(io::stdout())
    }

    pub(crate) fn of_stderr() -> Option<Self> {
        Self::of_fd(io::stderr())
    }
}

/// Returns true if it is written to, and not replaced.
pub(crate) fn is_stream(metadata: &Metadata) -> bool {
    metadata.file_type().is_fifo() || metadata.file_type().is_char_device()
}

/// Returns true if it is the null device, in which two outputs cannot mix.
pub(crate) fn is_null_device(path: &Path) -> bool {
    let (Ok(metadata), Ok(null)) = (fs::metadata(path), fs::metadata("/dev/null")) else {
        return false;
    };
    metadata.file_type().is_char_device() && null.rdev() == metadata.rdev()
}
