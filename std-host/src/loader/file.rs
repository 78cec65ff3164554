//! A plugin's file, opened once and looked at through the descriptor.

use std::{
    fs::{File, FileType, Metadata},
    io,
    path::Path,
};

use super::LoadError;

/// The longest plugin, in bytes. A file that is longer holds something else, and would be read for
/// hours.
const MAX_LEN: u64 = 1 << 30;

/// Opens a regular file of at most [`MAX_LEN`] bytes, and nothing else: a named pipe is not waited for, and a terminal does not become ours.
pub(super) fn open(path: &Path) -> Result<(File, Metadata), LoadError> {
    let unreadable = |source| LoadError::File { path: path.to_path_buf(), source };
    let file = read_only(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let len = metadata.len();
    if !metadata.is_file() {
        let kind = kind(metadata.file_type());
        Err(LoadError::NotAFile { path: path.to_path_buf(), kind })
    } else if len > MAX_LEN {
        Err(LoadError::TooLarge { path: path.to_path_buf(), len, limit: MAX_LEN })
    } else {
        Ok((file, metadata))
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

/// Reads a file from its start, wherever others that read the same descriptor stand.
pub(super) struct FromStart<'a> {
    file: &'a File,
    at: u64,
}

impl<'a> FromStart<'a> {
    pub(super) fn new(file: &'a File) -> Self {
        Self { file, at: 0 }
    }
}

impl io::Read for FromStart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(self.file, buffer, self.at);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(self.file, buffer, self.at);
        let read = read?;
        self.at += read as u64;
        Ok(read)
    }
}
