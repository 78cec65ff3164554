//! The check by the access lists of a file and its folder.

use std::{
    fs::File,
    io,
    os::windows::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use windows_sys::Win32::{
    Foundation::{GENERIC_ALL, GENERIC_WRITE},
    Storage::FileSystem::{
        DELETE, FILE_ADD_FILE, FILE_APPEND_DATA, FILE_DELETE_CHILD, FILE_FLAG_BACKUP_SEMANTICS,
        FILE_WRITE_DATA, READ_CONTROL, WRITE_DAC, WRITE_OWNER,
    },
};

use super::access_list::group_with;
use crate::loader::LoadError;

/// Rights to a file that let somebody change or exchange it.
const CHANGE_FILE: u32 = FILE_WRITE_DATA | FILE_APPEND_DATA | DELETE | TAKE;
/// Rights to a folder that let somebody exchange a file in it, or add a library that the system
/// finds there.
const CHANGE_FOLDER: u32 = FILE_ADD_FILE | FILE_DELETE_CHILD | TAKE;
/// Rights that lead to all others.
const TAKE: u32 = WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;

/// Refuses a file that every user may change, or exchange for another one.
///
/// An access list lets every user do so if it gives the right to a group that all users belong to.
/// The file itself counts, and its folder; folders further up do not.
pub(in super::super) fn refuse(path: &Path, canonical: &Path, _: &File) -> Result<(), LoadError> {
    let places = [(Some(canonical), CHANGE_FILE), (canonical.parent(), CHANGE_FOLDER)];
    for (place, rights) in places {
        let Some(place) = place else { continue };
        let found = open(place).and_then(|place| group_with(&place, rights));
        let found = found.map_err(|source| LoadError::File { path: path.to_path_buf(), source })?;
        if let Some(group) = found {
            let (path, writable) = (path.to_path_buf(), PathBuf::from(place));
            return Err(LoadError::WritableByGroup { path, writable, group });
        }
    }
    Ok(())
}

/// Opens a file or a folder for its access list only.
fn open(place: &Path) -> io::Result<File> {
    File::options().access_mode(READ_CONTROL).custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(place)
}
