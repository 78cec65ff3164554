//! Files that every user of the machine may change.

use std::{
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf, absolute},
};

use super::LoadError;

const OTHERS_MAY_WRITE: u32 = 0o002;
/// Of a folder: only a file's owner may rename or remove it there.
const STICKY: u32 = 0o1000;

/// Refuses a file that every user may change, or exchange for another one.
///
/// The folders that count are the file's own and that of the path as given, because a symbolic link
/// can be exchanged like a file. Those further up do not: they are open to all on many machines
/// that have one user. Outside Unix nothing is refused, because a mode does not say there who may
/// write.
pub(super) fn refuse(path: &Path, canonical: &Path, file: &Metadata) -> Result<(), LoadError> {
    if !cfg!(unix) {
        return Ok(());
    }
    let refused = |writable: &Path, mode| {
        Err(LoadError::WorldWritable {
            path: path.to_path_buf(),
            writable: writable.to_path_buf(),
            mode: mode & 0o7777,
        })
    };
    if mode(file) & OTHERS_MAY_WRITE != 0 {
        return refused(canonical, mode(file));
    }
    match exposed_folder(path, canonical) {
        Ok(None) => Ok(()),
        Ok(Some((folder, mode))) => refused(&folder, mode),
        Err(source) => Err(LoadError::File { path: path.to_path_buf(), source }),
    }
}

/// The folder of the file, or of the link to it, if every user may exchange what lies there; and
/// its mode.
fn exposed_folder(path: &Path, canonical: &Path) -> io::Result<Option<(PathBuf, u32)>> {
    let given = absolute(path)?;
    let beside_link = given.parent().filter(|_| given != canonical);
    for folder in [canonical.parent(), beside_link].into_iter().flatten() {
        let mode = mode(&fs::metadata(folder)?);
        if mode & OTHERS_MAY_WRITE != 0 && mode & STICKY == 0 {
            return Ok(Some((folder.to_path_buf(), mode)));
        }
    }
    Ok(None)
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata)
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0
}
