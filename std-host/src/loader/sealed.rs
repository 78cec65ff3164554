//! A file's bytes in memory that nobody can change any more, under a name that is never used again.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
};

use rustix::{
    fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create},
    io::Errno,
};

use super::{
    Sha256,
    dlopen::{self, Code},
};

/// A memory file with seals on it. Not even this process can write to it or cut it off, and the seals cannot be taken away.
pub(super) struct SealedCopy(File);

impl SealedCopy {
    /// Copies the file's first `len` bytes, or those that there are. `digest` is for the name that profilers show.
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

    /// Maps the copy as a library.
    pub(super) fn map(self) -> Result<&'static Code, libloading::Error> {
        dlopen::by_descriptor(self.0)
    }
}

/// Nobody needs to execute it as a program, and hardened systems demand that this be said. Linux before 6.3 does not know how to.
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
