//! A plugin's file: opened once, and checked, hashed and mapped through the descriptor.

use std::{
    fs::{File, FileType, Metadata},
    io::{self, Read},
    path::Path,
};

#[cfg(windows)]
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_BACKUP_SEMANTICS, FILE_SHARE_DELETE, FILE_SHARE_READ,
};

use super::LoadError;

/// The longest plugin file, in bytes. A longer file holds something else, and reading it for its
/// digest could take hours.
const MAX_LEN: u64 = 1 << 30;

/// Opens a regular file of at most [`MAX_LEN`] bytes. Does not wait for the writer of a named pipe,
/// and does not make a terminal the controlling one.
pub(super) fn open(path: &Path) -> Result<(File, Metadata), LoadError> {
    check(path, read_only(path))
}

/// Opens as [`open`], and lets nobody write to the file, rename or remove it while it is open.
#[cfg(windows)]
pub(super) fn open_fixed(path: &Path) -> Result<(File, Metadata), LoadError> {
    check(path, shared(path, FILE_SHARE_READ))
}

fn check(path: &Path, file: io::Result<File>) -> Result<(File, Metadata), LoadError> {
    let path_buf = || path.to_path_buf();
    let unreadable = |source| LoadError::File { path: path_buf(), source };
    let file = file.map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(LoadError::NotAFile { path: path_buf(), kind: kind(metadata.file_type()) });
    }
    let len = metadata.len();
    if len > MAX_LEN {
        return Err(LoadError::TooLarge { path: path_buf(), len, limit: MAX_LEN });
    }
    Ok((file, metadata))
}

/// Reads a file from its start without moving its position, which all holders of the descriptor
/// share.
pub(super) struct FromStart<'f> {
    file: &'f File,
    position: u64,
}

impl<'f> FromStart<'f> {
    pub(super) fn of(file: &'f File) -> Self {
        Self::at(file, 0)
    }

    /// From another place than the start.
    pub(super) fn at(file: &'f File, position: u64) -> Self {
        Self { file, position }
    }
}

impl Read for FromStart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let len = std::os::unix::fs::FileExt::read_at(self.file, buffer, self.position)?;
        #[cfg(windows)]
        let len = std::os::windows::fs::FileExt::seek_read(self.file, buffer, self.position)?;
        self.position += len as u64;
        Ok(len)
    }
}

/// Refuses a file whose file system is mounted without the right to execute.
///
/// The kernel refuses to map such a file, but would map a copy of it in memory.
pub(super) fn refuse_noexec(path: &Path, file: &File) -> Result<(), LoadError> {
    if is_noexec(file) { Err(LoadError::NoExec { path: path.to_path_buf() }) } else { Ok(()) }
}

#[cfg(target_os = "linux")]
fn is_noexec(file: &File) -> bool {
    use rustix::fs::{StatVfsMountFlags, fstatvfs};
    fstatvfs(file).is_ok_and(|system| system.f_flag.contains(StatVfsMountFlags::NOEXEC))
}

#[cfg(not(target_os = "linux"))]
fn is_noexec(_: &File) -> bool {
    false
}

#[cfg(unix)]
fn read_only(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

/// Opens the file so that no process can write to it meanwhile. A new file may take its place.
#[cfg(windows)]
fn read_only(path: &Path) -> io::Result<File> {
    shared(path, FILE_SHARE_READ | FILE_SHARE_DELETE)
}

/// Opens folders, too, so that the error can name them.
#[cfg(windows)]
fn shared(path: &Path, others_may: u32) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt as _;
    let mut options = File::options();
    options.read(true).share_mode(others_may).custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
    options.open(path)
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

#[cfg(windows)]
fn kind(file_type: FileType) -> &'static str {
    if file_type.is_dir() { "a folder" } else { "no regular file" }
}
