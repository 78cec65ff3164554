//! The check by the mode of a file and its folders.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf, absolute},
};

use crate::loader::LoadError;

const OTHERS_MAY_WRITE: u32 = 0o002;
/// Of a folder: only a file's owner may rename or remove it there.
const STICKY: u32 = 0o1000;

/// Refuses a file that every user may change, or exchange for another one.
///
/// The folders that count are the file's own and that of the path as given, because a symbolic link
/// can be exchanged like a file. Those further up do not: they are open to all on many machines
/// that have one user.
pub(in super::super) fn refuse(
    path: &Path,
    canonical: &Path,
    file: &File,
) -> Result<(), LoadError> {
    let unreadable = |source| LoadError::File { path: path.to_path_buf(), source };
    let refused = |writable: &Path, mode| {
        Err(LoadError::WorldWritable {
            path: path.to_path_buf(),
            writable: writable.to_path_buf(),
            mode: mode & 0o7777,
        })
    };
    let mode = file.metadata().map_err(unreadable)?.mode();
    if mode & OTHERS_MAY_WRITE != 0 {
        return refused(canonical, mode);
    }
    match exposed_folder(path, canonical) {
        Ok(None) => Ok(()),
        Ok(Some((folder, mode))) => refused(&folder, mode),
        Err(source) => Err(unreadable(source)),
    }
}

/// The folder of the file, or of the link to it, if every user may exchange what lies there; and
/// its mode.
fn exposed_folder(path: &Path, canonical: &Path) -> io::Result<Option<(PathBuf, u32)>> {
    let given = absolute(path)?;
    let beside_link = given.parent().filter(|_| given != canonical);
    for folder in [canonical.parent(), beside_link].into_iter().flatten() {
        let mode = fs::metadata(folder)?.mode();
        if mode & OTHERS_MAY_WRITE != 0 && mode & STICKY == 0 {
            return Ok(Some((folder.to_path_buf(), mode)));
        }
    }
    Ok(None)
}
