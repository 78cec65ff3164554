//! Standard streams as descriptors. Reads and writes wait also if the descriptor is non-blocking.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::FileType;
use rustix::io::Errno;

use crate::cli::interrupt::Interrupt;
use crate::cli::state::Identity;

/// The lowest number of a descriptor that is none of the standard streams.
const FIRST_OTHER: i32 = 3;

/// The program's standard output, which plugins do not reach.
#[derive(Debug)]
pub(crate) struct Stdout {
    fd: OwnedFd,
}

impl Stdout {
    /// Takes standard output away from the rest of the process. Descriptor 1 is standard error from
    /// now on.
    pub(crate) fn take() -> io::Result<Self> {
        let fd = rustix::io::fcntl_dupfd_cloexec(io::stdout(), FIRST_OTHER)?;
        rustix::stdio::dup2_stdout(io::stderr())?;
        Ok(Self { fd })
    }

    pub(crate) fn is_terminal(&self) -> bool {
        self.fd.is_terminal()
    }

    /// Returns true if a reader may wait for each line: for pipes, sockets and terminals, not for
    /// files and the null device.
    pub(crate) fn is_read_meanwhile(&self) -> bool {
        let kind = rustix::fs::fstat(&self.fd).map(|stat| FileType::from_raw_mode(stat.st_mode));
        matches!(kind, Ok(FileType::Fifo | FileType::Socket)) || self.is_terminal()
    }
}

impl AsFd for Stdout {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write(self.fd.as_fd(), bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes all bytes to standard error.
pub(crate) fn write_stderr(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match write(io::stderr().as_fd(), bytes)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            len => bytes = bytes.get(len..).unwrap_or_default(),
        }
    }
    Ok(())
}

fn write(fd: BorrowedFd<'_>, bytes: &[u8]) -> io::Result<usize> {
    loop {
        match rustix::io::write(fd, bytes) {
            Err(Errno::AGAIN) => {
                let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::OUT)];
                wait(&mut fds)?;
            }
            Err(Errno::INTR) => {}
            result => return Ok(result?),
        }
    }
}

/// An input that can be waited for. A signal ends the wait with an error.
#[derive(Debug)]
pub(crate) struct Source {
    fd: OwnedFd,
    /// Regular files are always ready.
    waits: bool,
    interrupt: Option<Interrupt>,
}

impl Source {
    pub(crate) fn stdin() -> io::Result<Self> {
        let fd = rustix::io::fcntl_dupfd_cloexec(io::stdin(), FIRST_OTHER)?;
        Self::of(fd)
    }

    pub(crate) fn file(file: File) -> io::Result<Self> {
        Self::of(file.into())
    }

    pub(crate) fn identity(&self) -> Option<Identity> {
        Identity::of_fd(&self.fd)
    }

    fn of(fd: OwnedFd) -> io::Result<Self> {
        let kind = FileType::from_raw_mode(rustix::fs::fstat(&fd)?.st_mode);
        Ok(Self { fd, waits: kind != FileType::RegularFile, interrupt: None })
    }

    /// Lets a signal end the wait for input.
    pub(crate) fn end_wait_on(&mut self, interrupt: Interrupt) {
        self.interrupt = Some(interrupt);
    }

    /// Waits for input.
    fn wait(&self) -> io::Result<()> {
        let Some(interrupt) = &self.interrupt else {
            return wait(&mut [PollFd::new(&self.fd, PollFlags::IN)]);
        };
        wait(&mut [
            PollFd::new(&self.fd, PollFlags::IN),
            PollFd::from_borrowed_fd(interrupt.woken_fd(), PollFlags::IN),
        ])?;
        // Not `ErrorKind::Interrupted`: readers would try again.
        interrupt.received().map_or(Ok(()), |signal| Err(io::Error::other(signal.to_string())))
    }
}

impl AsFd for Source {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.waits {
                self.wait()?;
            }
            match rustix::io::read(&self.fd, &mut *buffer) {
                Err(Errno::AGAIN | Errno::INTR) => {}
                result => return Ok(result?),
            }
        }
    }
}

/// Waits until one of the descriptors is ready, or has an end or an error to report.
fn wait(fds: &mut [PollFd<'_>]) -> io::Result<()> {
    loop {
        match poll(fds, None) {
            Err(Errno::INTR) => {}
            result => return Ok(result.map(drop)?),
        }
    }
}
