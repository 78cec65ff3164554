//! Standard streams of the standard library, for systems without Unix descriptors.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};

use crate::cli::interrupt::Interrupt;
use crate::cli::state::Identity;

/// The program's standard output. Plugins can print to it, too.
#[derive(Debug)]
pub(crate) struct Stdout(io::Stdout);

impl Stdout {
    pub(crate) fn take() -> io::Result<Self> {
        Ok(Self(io::stdout()))
    }

    pub(crate) fn is_terminal(&self) -> bool {
        self.0.is_terminal()
    }

    /// Returns true if a reader may wait for each line. This system does not tell, so one may.
    pub(crate) fn is_read_meanwhile(&self) -> bool {
        true
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes all bytes to standard error.
pub(crate) fn write_stderr(bytes: &[u8]) -> io::Result<()> {
    io::stderr().write_all(bytes)
}

/// An input.
#[derive(Debug)]
pub(crate) enum Source {
    Stdin(io::Stdin),
    File(File),
}

impl Source {
    pub(crate) fn stdin() -> io::Result<Self> {
        Ok(Self::Stdin(io::stdin()))
    }

    pub(crate) fn file(file: File) -> io::Result<Self> {
        Ok(Self::File(file))
    }

    pub(crate) fn identity(&self) -> Option<Identity> {
        None
    }

    pub(crate) fn end_wait_on(&mut self, _interrupt: Interrupt) {}
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stdin(stdin) => stdin.read(buffer),
            Self::File(file) => file.read(buffer),
        }
    }
}
