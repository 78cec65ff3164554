//! A file that is replaced as a whole: written beside its place, synced, and renamed.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf, is_separator};

use statevec_host::storage::{FileSystem, Storage as _};
use tempfile::NamedTempFile;

use super::error::StateError;
use super::identity::Identity;

/// A place for a file, free or taken by an older one.
///
/// The new file has the mode and the owner of the old one; without an old one only its owner may
/// read and write it. On Windows it gets the access list of its folder. Access control lists and
/// other attributes of the old one are not kept.
#[derive(Debug)]
pub(super) struct ReplacedFile {
    /// Without links and relative parts.
    folder: PathBuf,
    target: PathBuf,
    old: Option<Metadata>,
}

/// Symbolic links that are followed in a row: as many as Linux follows.
const MAX_LINKS: u32 = 40;

impl ReplacedFile {
    /// Finds the place, and whether a file can be put there.
    pub(super) fn find(path: &Path) -> Result<Self, StateError> {
        if names_a_folder(path) {
            return Err(StateError::Folder { path: path.to_owned() });
        }
        let create = |source| StateError::Create { path: path.to_owned(), source };
        let Some((folder, target)) = place(path).map_err(create)? else {
            return Err(StateError::NotAFile { path: path.to_owned() });
        };
        let old = match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_file() => Some(metadata),
            Ok(_) => return Err(StateError::NotAFile { path: path.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(create(error)),
        };
        let file = Self { folder, target, old };
        // The name of a descriptor may lead to a file that was removed or renamed.
        if Identity::of_path(path) != file.identity() {
            return Err(StateError::NotAFile { path: path.to_owned() });
        }
        file.check_is_replaceable(path)?;
        file.stage(path)?;
        Ok(file)
    }

    /// The file that lies there now.
    pub(super) fn identity(&self) -> Option<Identity> {
        self.old.as_ref().and_then(|_| Identity::of_path(&self.target))
    }

    /// Returns true if it is this file, or lies in this folder, at any depth. Neither need exist.
    pub(super) fn is_at_or_below(&self, path: &Path) -> bool {
        match path.canonicalize() {
            Ok(path) => self.target.starts_with(path),
            Err(_) => matches!(place(path), Ok(Some((_, target))) if target == self.target),
        }
    }

    /// Creates the new file beside its place, because a rename works within one file system. It is
    /// removed when it is dropped. `path` is for the error.
    pub(super) fn stage(&self, path: &Path) -> Result<NamedTempFile, StateError> {
        // The name is short, so that a target whose name has 255 bytes can be replaced, too.
        let mut staged = tempfile::Builder::new();
        let staged = staged
            .prefix(".state-")
            .suffix(".tmp")
            .tempfile_in(&self.folder)
            .map_err(|source| StateError::Create { path: path.to_owned(), source })?;
        #[cfg(unix)]
        self.keep_owner_and_mode(staged.as_file())
            .map_err(|source| StateError::Owner { path: path.to_owned(), source })?;
        Ok(staged)
    }

    /// Puts the new file in its place, for good.
    pub(super) fn publish(&self, staged: NamedTempFile) -> io::Result<()> {
        staged.as_file().sync_all()?;
        staged.persist(&self.target)?;
        FileSystem.sync_dir(&self.folder)
    }
}

/// Returns true if the last part of a path cannot be the name of a file.
fn names_a_folder(path: &Path) -> bool {
    let path = path.to_string_lossy();
    path.strip_suffix('.').unwrap_or(&path).ends_with(is_separator)
}

/// The folder and the path of a file that need not exist, without links and relative parts; `None`
/// if the path ends with no name. A dangling link stays a link, and then leads to the new file.
fn place(path: &Path) -> io::Result<Option<(PathBuf, PathBuf)>> {
    let target = follow_links(path)?;
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
        return Ok(None);
    };
    let folder = resolved(folder)?;
    let target = folder.join(name);
    Ok(Some((folder, target)))
}

/// A folder's path without links. Some drives of Windows do not tell it.
fn resolved(folder: &Path) -> io::Result<PathBuf> {
    match folder.canonicalize() {
        Err(_) if cfg!(windows) && folder.is_dir() => std::path::absolute(folder),
        result => result,
    }
}

/// The path behind symbolic links. The last part need not exist.
fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = std::path::absolute(path)?;
    for _ in 0..MAX_LINKS {
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        if !is_link {
            return Ok(path);
        }
        let link = fs::read_link(&path)?;
        path.pop();
        path.push(link);
    }
    Err(io::Error::other("too many symbolic links"))
}
