//! Access to files on Windows.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    os::windows::{
        fs::{FileExt as _, OpenOptionsExt as _},
        io::AsRawHandle as _,
    },
    path::Path,
};

use windows_sys::Win32::{
    Foundation::ERROR_LOCK_VIOLATION,
    Storage::FileSystem::{
        FILE_ADD_SUBDIRECTORY, FILE_FLAG_BACKUP_SEMANTICS, LOCKFILE_EXCLUSIVE_LOCK,
        LOCKFILE_FAIL_IMMEDIATELY, LockFileEx,
    },
    System::IO::{OVERLAPPED, OVERLAPPED_0, OVERLAPPED_0_0},
};

/// New files get the access list of their folder.
pub(super) fn restrict_file(_: &mut OpenOptions) {}

/// New folders get the access list of the folder above.
pub(super) fn restrict_folder(_: &mut DirBuilder) {}

/// Opens a folder, so that it can be synced, which needs the right to change it. Some users may
/// add folders to it and no files; that right is enough.
pub(super) fn open_folder(dir: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
    match options.open(dir) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            options.access_mode(FILE_ADD_SUBDIRECTORY).open(dir)
        }
        result => result,
    }
}

pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(buffer, offset)
}

pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    file.seek_write(bytes, offset)
}

/// Locks one byte far behind the file's end. Others cannot even read a byte that is locked, and
/// they read who has the lock. So [`File::try_lock`], which locks all bytes, does not serve.
pub(super) fn try_lock(file: &File) -> io::Result<bool> {
    let mut place = OVERLAPPED {
        Anonymous: OVERLAPPED_0 {
            Anonymous: OVERLAPPED_0_0 { Offset: 0, OffsetHigh: LOCKED_OFFSET_HIGH },
        },
        ..Default::default()
    };
    let flags = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;
    // SAFETY: the handle is open as long as `file`; the call does not wait, so `place` is used
    // during the call only (rule 10).
    let locked = unsafe { LockFileEx(file.as_raw_handle(), flags, 0, 1, 0, &raw mut place) };
    if locked != 0 {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    if error.raw_os_error() == Some(ERROR_LOCK_VIOLATION.cast_signed()) {
        return Ok(false);
    }
    Err(error)
}

/// The locked byte's offset is this times 2^32.
const LOCKED_OFFSET_HIGH: u32 = 1 << 30;
