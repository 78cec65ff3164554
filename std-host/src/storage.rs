//! File access of the transaction log and of checkpoints: one small trait, and its implementations.
//!
//! [`FileSystem`] is the real one. `SimulatedDisk`, behind the feature `simulated-disk`, loses
//! unsynced sectors, fails calls and stops at any of them, all from a seed.

mod file_system;
mod mapped_word;
#[cfg(feature = "simulated-disk")]
mod simulated;
mod whole;

use std::{
    ffi::OsString,
    fmt, io,
    path::{Path, PathBuf},
};

pub use file_system::FileSystem;
#[cfg(feature = "simulated-disk")]
pub use simulated::{Crash, Fault, Operation, SimulatedDisk};
pub use whole::{read_exact_at, write_all_at};

/// A tree of files and folders.
///
/// It has only the calls that a log needs. A name that was created, renamed or removed is on stable
/// storage after [`sync_dir`](Self::sync_dir) of its folder; bytes and length of a file are after
/// [`sync_data`](StorageFile::sync_data).
pub trait Storage: fmt::Debug + Send + Sync {
    /// Creates a folder; its parent must exist.
    ///
    /// # Errors
    ///
    /// The storage's; [`AlreadyExists`](io::ErrorKind::AlreadyExists) when the name is taken.
    fn create_dir(&self, path: &Path) -> io::Result<()>;

    /// Names of the files and folders in a folder, in no particular order.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn list(&self, dir: &Path) -> io::Result<Vec<OsString>>;

    /// Creates an empty file for reading and writing.
    ///
    /// # Errors
    ///
    /// The storage's; [`AlreadyExists`](io::ErrorKind::AlreadyExists) when the name is taken.
    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>>;

    /// Opens an existing file.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn StorageFile>>;

    /// Opens a file whose writes are on stable storage when they return, and may run side by side.
    /// `None` if the storage has no such files.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn open_synced(&self, path: &Path) -> io::Result<Option<Box<dyn SyncedWrites>>> {
        let _none = path;
        Ok(None)
    }

    /// Renames a file, atomically; a file that has the new name is replaced.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Puts the names in a folder on stable storage.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// An open file.
pub trait StorageFile: fmt::Debug + Send + Sync {
    /// Length in bytes.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn len(&self) -> io::Result<u64>;

    /// Returns true if the file is empty.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads bytes at an offset. May read fewer than asked for; none at the end of the file.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes bytes at an offset, extending the file where needed. May write fewer than asked for.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// Puts the file's bytes and length on stable storage. After an error, unsynced bytes may be
    /// lost even if a later call succeeds.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn sync_data(&self) -> io::Result<()>;

    /// Cuts the file off, or extends it with zeros.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Reserves blocks for the first `len` bytes, so that writing there needs no more room, and
    /// extends the file with zeros to that length.
    ///
    /// # Errors
    ///
    /// The storage's; [`StorageFull`](io::ErrorKind::StorageFull) when there is no room.
    fn allocate(&self, len: u64) -> io::Result<()>;

    /// Locks the file against other openers, until it is dropped or the process ends. `false` when
    /// another one holds the lock.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn try_lock(&self) -> io::Result<bool>;

    /// Gives the lock back before the file is dropped. On Unix a process that was forked meanwhile
    /// has a copy of the file until it runs another program, and the lock would stay with the copy.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn unlock(&self) -> io::Result<()> {
        Ok(())
    }

    /// A word of the file that the process can write without a system call. It survives the end of
    /// the process, but not necessarily that of the machine.
    ///
    /// # Errors
    ///
    /// The storage's; [`InvalidInput`](io::ErrorKind::InvalidInput) for an offset that is no
    /// multiple of 8 or not inside the file.
    fn shared_word(&self, offset: u64) -> io::Result<Box<dyn SharedWord>>;
}

/// A file that several threads write side by side, each its own bytes.
pub trait SyncedWrites: fmt::Debug + Send + Sync {
    /// Writes whole sectors: offset and length are multiples of 512. They are on stable storage
    /// when this returns. An error concerns these bytes alone, of which some may be written.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
}

/// A little-endian 64-bit word in a file.
pub trait SharedWord: fmt::Debug + Send {
    /// Writes the word.
    fn store(&self, value: u64);

    /// Reads the word.
    fn load(&self) -> u64;
}

/// Access to an opened file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Reading only.
    Read,
    /// Reading and writing.
    ReadWrite,
}

/// A failed call on a file or folder.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}", path.display())]
pub struct StorageError {
    /// The action that failed, as a verb.
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// The reason.
    pub source: io::Error,
}

/// Adds action and path to an error.
pub(crate) trait Context<T> {
    fn context(self, action: &'static str, path: &Path) -> Result<T, StorageError>;
}

impl<T> Context<T> for io::Result<T> {
    fn context(self, action: &'static str, path: &Path) -> Result<T, StorageError> {
        self.map_err(|source| StorageError { action, path: path.into(), source })
    }
}

/// Removes a file that need not be there.
pub(crate) fn remove_if_there(storage: &dyn Storage, path: &Path) -> Result<(), StorageError> {
    match storage.remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).context("remove", path),
        _ => Ok(()),
    }
}
