//! The real file system.

#[cfg(target_os = "linux")]
mod direct;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

#[cfg(target_os = "linux")]
use super::SyncedWrites;
use super::{Access, SharedWord, Storage, StorageFile, mapped_word::MappedWord, write_all_at};

/// The file system of this machine.
///
/// On Unix, new files and folders are their owner's alone. On Windows they inherit the access list
/// of the folder that they are made in.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileSystem;

impl Storage for FileSystem {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        system::restrict_folder(&mut builder);
        builder.create(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<OsString>> {
        fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        system::restrict_file(&mut options);
        Ok(Box::new(options.open(path)?))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn StorageFile>> {
        let write = access == Access::ReadWrite;
        Ok(Box::new(OpenOptions::new().read(true).write(write).open(path)?))
    }

    #[cfg(target_os = "linux")]
    fn open_synced(&self, path: &Path) -> io::Result<Option<Box<dyn SyncedWrites>>> {
        let file = direct::DirectFile::open(path)?;
        Ok(file.map(|file| Box::new(file) as Box<dyn SyncedWrites>))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        system::open_folder(dir)?.sync_all()
    }
}

impl StorageFile for File {
    fn len(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        system::read_at(self, buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        system::write_at(self, bytes, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        File::sync_data(self)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        File::set_len(self, len)
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
        match rustix::fs::fallocate(self, rustix::fs::FallocateFlags::empty(), 0, len) {
            // The file system does not support it: writing zeros reserves the blocks as well.
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {}
            result => return Ok(result?),
        }
        fill_with_zeros(self, len)
    }

    fn try_lock(&self) -> io::Result<bool> {
        system::try_lock(self)
    }

    #[cfg(unix)]
    fn unlock(&self) -> io::Result<()> {
        Self::unlock(self)
    }

    fn shared_word(&self, offset: u64) -> io::Result<Box<dyn SharedWord>> {
        Ok(Box::new(MappedWord::of(self, offset)?))
    }
}

fn fill_with_zeros(file: &File, len: u64) -> io::Result<()> {
    const ZEROS: &[u8] = &[0; 64 << 10];
    let mut offset = file.metadata()?.len();
    while offset < len {
        let size = (len - offset).min(ZEROS.len() as u64);
        write_all_at(file, ZEROS.get(..size as usize).unwrap_or(ZEROS), offset)?;
        offset += size;
    }
    Ok(())
}
