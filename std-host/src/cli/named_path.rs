//! Paths of the command line that are used after the plugin's code has run.

use std::io;
use std::path::{Path, PathBuf, absolute};

/// A path as the user named it, for texts, and the place that it leads to. A plugin may change the
/// working folder, so the place is found before a plugin is loaded.
#[derive(Debug, Clone)]
pub(crate) struct NamedPath {
    shown: PathBuf,
    place: PathBuf,
}

impl NamedPath {
    /// The place of a path in the working folder.
    pub(crate) fn find(path: &Path) -> io::Result<Self> {
        Ok(Self { shown: path.to_owned(), place: absolute(path)? })
    }

    /// As the user named it.
    pub(crate) fn shown(&self) -> &Path {
        &self.shown
    }

    /// Without relation to the working folder.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }
}
