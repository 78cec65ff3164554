//! Standard streams on Windows.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};
use std::os::windows::io::{AsHandle as _, AsRawHandle as _};

use windows_sys::Win32::System::Console::{STD_OUTPUT_HANDLE, SetStdHandle};

use super::windows_stdin::Stdin;
use crate::cli::interrupt::Interrupt;
use crate::cli::state::Identity;

/// The program's standard output.
#[derive(Debug)]
pub(crate) enum Stdout {
    /// A terminal, which the standard library translates for. Plugins reach it, too.
    Terminal(io::Stdout),
    /// A file or a pipe, which plugins do not reach.
    Other(File),
}

impl Stdout {
    /// Takes standard output away from the rest of the process, which gets standard error in its
    /// place. A C library that has looked up its streams before keeps them.
    pub(crate) fn take() -> io::Result<Self> {
        let stdout = io::stdout();
        if stdout.is_terminal() {
            return Ok(Self::Terminal(stdout));
        }
        let file = File::from(stdout.as_handle().try_clone_to_owned()?);
        // SAFETY: the handle of standard error stays open as long as the process (rule 10).
        match unsafe { SetStdHandle(STD_OUTPUT_HANDLE, io::stderr().as_raw_handle()) } {
            0 => Err(io::Error::last_os_error()),
            _ => Ok(Self::Other(file)),
        }
    }

    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Self::Terminal(_))
    }

    /// Returns true, so that each line is written as it comes, because no note of a crash writes
    /// what is left.
    pub(crate) fn is_read_meanwhile(&self) -> bool {
        true
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Terminal(stdout) => stdout.write(bytes),
            Self::Other(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Terminal(stdout) => stdout.flush(),
            Self::Other(_) => Ok(()),
        }
    }
}

/// Writes all bytes to standard error.
pub(crate) fn write_stderr(bytes: &[u8]) -> io::Result<()> {
    io::stderr().write_all(bytes)
}

/// An input. Ctrl-C ends the wait for standard input with an error.
#[derive(Debug)]
pub(crate) enum Source {
    Stdin(Stdin),
    File(File),
}

impl Source {
    pub(crate) fn stdin() -> io::Result<Self> {
        Ok(Self::Stdin(Stdin::default()))
    }

    pub(crate) fn file(file: File) -> io::Result<Self> {
        Ok(Self::File(file))
    }

    pub(crate) fn identity(&self) -> Option<Identity> {
        match self {
            Self::Stdin(_) => Identity::of_stdin(),
            Self::File(file) => Identity::of_file(file),
        }
    }

    pub(crate) fn end_wait_on(&mut self, interrupt: Interrupt) {
        if let Self::Stdin(stdin) = self {
            stdin.end_wait_on(interrupt);
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stdin(stdin) => stdin.read(buffer),
            Self::File(file) => file.read(buffer),
        }
    }
}
