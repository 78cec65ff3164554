//! A file's bytes in memory that nobody can change any more, under a name that is never used again.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
    mem,
    os::fd::AsRawFd as _,
    path::PathBuf,
};

use libloading::Library;
use rustix::{
    fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create},
    io::Errno,
};

use super::{Sha256, dlopen::dlopen};

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
    ///
    /// The dynamic linker answers by path with what it has mapped before. So the descriptor stays open until the process ends, which
    /// keeps its number from coming back as the name of another file, and the path is spelled in a way of our own, in case that somebody else closed
    /// such a descriptor.
    pub(super) fn map(self) -> Result<&'static Library, libloading::Error> {
        let name = PathBuf::from(format!("/proc/self/fd/./{}", self.0.as_raw_fd()));
        let library = dlopen(&name)?;
        mem::forget(self.0);
        Ok(library)
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
