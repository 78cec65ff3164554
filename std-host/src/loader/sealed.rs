//! A file's bytes in memory that cannot be changed any more.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
    mem::ManuallyDrop,
    path::{Path, PathBuf},
    sync::Arc,
};

use libloading::Library;
use rustix::{
    fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create},
    io::Errno,
};

use super::{
    LoadError, Sha256,
    dlopen::{dlopen, keep_open},
    proc,
};

/// A sealed memory file. Not even this process can write to it or cut it off, and the seals cannot
/// be removed.
pub(super) struct SealedCopy(File);

impl SealedCopy {
    /// Copies the file's first `len` bytes, or all if there are fewer. Profilers show `digest` as
    /// part of the copy's name.
    pub(super) fn of(file: &File, len: u64, digest: Sha256) -> io::Result<Self> {
        let mut memory = memory_file(&format!("statevec-plugin-{digest}"))?;
        io::copy(&mut file.take(len), &mut memory)?;
        let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
        fcntl_add_seals(&memory, seals)?;
        memory.rewind()?;
        Ok(Self(memory))
    }

    /// The bytes from the start: for one reader at a time.
    pub(super) fn bytes(&self) -> &File {
        &self.0
    }

    /// Maps the copy as a library, and returns its name for the dynamic linker, too. `path` is for
    /// errors.
    ///
    /// The descriptor stays open until the process ends, which keeps its number from becoming the
    /// name of another file.
    ///
    /// # Safety
    ///
    /// As [`dlopen`].
    pub(super) unsafe fn map(
        self,
        path: &Path,
    ) -> Result<(ManuallyDrop<Library>, Arc<File>, PathBuf), LoadError> {
        let path = || path.to_path_buf();
        let name =
            proc::name_of(&self.0).ok_or_else(|| LoadError::PinUnsupported { path: path() })?;
        // SAFETY: the caller vouches for the initialisers of the library and of those that it needs
        // (rule 6).
        let library = unsafe { dlopen(&name) };
        let library = library.map_err(|source| LoadError::Library { path: path(), source })?;
        let file = Arc::new(self.0);
        keep_open(&file);
        Ok((library, file, name))
    }
}

/// Creates a memory file that cannot be executed as a program, because hardened systems refuse any
/// other. Linux before 6.3 does not know that flag.
fn memory_file(name: &str) -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let memory = match memfd_create(name, flags | MemfdFlags::NOEXEC_SEAL) {
        Err(Errno::INVAL) => memfd_create(name, flags)?,
        memory => memory?,
    };
    Ok(memory.into())
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _};

    use super::{SealFlags, SealedCopy, Sha256, fcntl_add_seals};

    fn copy_of(text: &str) -> (tempfile::NamedTempFile, SealedCopy) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let open = fs::File::open(file.path()).unwrap();
        let digest = Sha256::from_bytes([0; 32]);
        let copy = SealedCopy::of(&open, text.len() as u64, digest).unwrap();
        (file, copy)
    }

    #[test]
    fn file_that_changes_between_copying_and_loading_changes_nothing() {
        let (file, copy) = copy_of("good");
        fs::write(file.path(), "evil").unwrap();
        assert_eq!(Sha256::of(copy.bytes()).unwrap(), Sha256::of(&b"good"[..]).unwrap());
    }

    #[test]
    fn copy_cannot_be_written_to_resized_or_unsealed() {
        let (_file, copy) = copy_of("good");
        let again = fs::File::options()
            .write(true)
            .open(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(copy.bytes())));
        for mut file in [copy.bytes().try_clone().unwrap()].into_iter().chain(again) {
            assert!(file.write_all(b"evil").is_err());
            assert!(file.set_len(0).is_err());
            assert!(file.set_len(100).is_err());
            assert!(fcntl_add_seals(&file, SealFlags::FUTURE_WRITE).is_err());
        }
        assert_eq!(Sha256::of(copy.bytes()).unwrap(), Sha256::of(&b"good"[..]).unwrap());
    }

    #[test]
    fn file_that_grows_is_copied_as_long_as_it_was() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"goodevil").unwrap();
        let open = fs::File::open(file.path()).unwrap();
        let copy = SealedCopy::of(&open, 4, Sha256::from_bytes([0; 32])).unwrap();
        assert_eq!(copy.bytes().metadata().unwrap().len(), 4);
    }
}
