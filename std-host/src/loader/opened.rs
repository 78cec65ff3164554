//! A file that was opened to be mapped, with the facts about it that several checks need.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use super::{LoadError, identity::FileIdentity, name};

/// An open file, its state, and its names. They are found once, because each takes system calls.
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) identity: FileIdentity,
    /// The path without symbolic links: that of the open file, if it can be told.
    pub(super) canonical: PathBuf,
    /// The name of the descriptor; `None` without `/proc`.
    pub(super) descriptor: Option<PathBuf>,
}

impl Opened {
    /// `path` is the one by which the file was opened.
    pub(super) fn new(path: &Path, file: File) -> Result<Self, LoadError> {
        let unreadable = |source| LoadError::File { path: path.to_path_buf(), source };
        let identity = FileIdentity::of(&file).map_err(unreadable)?;
        let (descriptor, canonical) = names(&file, identity);
        let canonical = match canonical {
            Some(canonical) => canonical,
            None => name::resolved(path).map_err(unreadable)?,
        };
        Ok(Self { file, identity, canonical, descriptor })
    }
}

/// The names of an open file: of its descriptor, and its path without symbolic links.
#[cfg(target_os = "linux")]
use super::proc::names;

/// Elsewhere a file has no other name than the path.
#[cfg(not(target_os = "linux"))]
fn names(_: &File, _: FileIdentity) -> (Option<PathBuf>, Option<PathBuf>) {
    (None, None)
}
