//! The identity of a file, by which a changed or exchanged one is recognised.

use std::fs::Metadata;

/// Identity and state of a file. Equal values mean: the same file, and not written to in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileIdentity {
    #[cfg(unix)]
    device_and_inode: (u64, u64),
    #[cfg(unix)]
    modified: (i64, i64),
    #[cfg(not(unix))]
    modified: Option<std::time::SystemTime>,
    size: u64,
}

impl FileIdentity {
    /// Returns true if both are one file, which may have been written to in between.
    #[cfg(unix)]
    pub(super) fn is_same_file(self, other: Self) -> bool {
        self.device_and_inode == other.device_and_inode
    }

    /// Outside Unix files are compared by their paths only.
    #[cfg(not(unix))]
    pub(super) fn is_same_file(self, _other: Self) -> bool {
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
