//! SIGINT and SIGTERM.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::{flag, low_level::pipe};

use super::Interrupt;

/// A stream that is readable once a signal came.
pub(super) type Waker = UnixStream;

impl Interrupt {
    /// Handles the signals from now on. The second one ends the process at once, because a plugin
    /// may never return.
    pub(crate) fn watch() -> io::Result<Self> {
        let received = Arc::new(AtomicUsize::new(0));
        let (woken, wakes) = UnixStream::pair()?;
        let is_second = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal must not find the flag set.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&is_second))?;
            flag::register(signal, Arc::clone(&is_second))?;
            let number = usize::try_from(signal).unwrap_or_default();
            flag::register_usize(signal, Arc::clone(&received), number)?;
            pipe::register(signal, wakes.try_clone()?)?;
        }
        Ok(Self { received, waker: Arc::new(woken) })
    }

    /// Lets a write beyond the limit of file sizes fail with an error: the signal gets a handler
    /// that does nothing, in place of the default action.
    pub(crate) fn survive_file_size_limit() -> io::Result<()> {
        flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))).map(drop)
    }

    /// A descriptor that is readable once a signal came.
    pub(crate) fn woken_fd(&self) -> BorrowedFd<'_> {
        self.waker.as_fd()
    }
}
