//! A plugin's file, opened once and looked at through the descriptor.

use std::{
    fs::{File, FileType, Metadata},
    io,
    path::Path,
};

use super::LoadError;

/// Opens a regular file, and nothing else: a named pipe is not waited for, and a terminal does not become ours.
pub(super) fn open(path: &Path) -> Result<(File, Metadata), LoadError> {
    let unreadable = |source| LoadError::File { path: path.to_path_buf(), source };
    let file = read_only(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_file() {
        Ok((file, metadata))
    } else {
        Err(LoadError::NotAFile { path: path.to_path_buf(), kind: kind(metadata.file_type()) })
    }
}

#[cfg(unix)]
fn read_only(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn read_only(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(unix)]
fn kind(file_type: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    match file_type {
        ty if ty.is_dir() => "a folder",
        ty if ty.is_fifo() => "a named pipe",
        ty if ty.is_char_device() || ty.is_block_device() => "a device",
        _ => "no regular file",
    }
}

#[cfg(not(unix))]
fn kind(file_type: FileType) -> &'static str {
    if file_type.is_dir() { "a folder" } else { "no regular file" }
}
