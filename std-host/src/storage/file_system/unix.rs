//! Access to files on Unix.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _},
    path::Path,
};

/// Records may be confidential: new files and folders are their owner's alone, unless the process's
/// mask takes away more.
const FILE_MODE: u32 = 0o600;
const DIR_MODE: u32 = 0o700;

pub(super) fn restrict_file(options: &mut OpenOptions) {
    options.mode(FILE_MODE);
}

pub(super) fn restrict_folder(builder: &mut DirBuilder) {
    builder.mode(DIR_MODE);
}

/// Opens a folder, so that it can be synced.
pub(super) fn open_folder(dir: &Path) -> io::Result<File> {
    File::open(dir)
}

pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    file.write_at(bytes, offset)
}

pub(super) fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
