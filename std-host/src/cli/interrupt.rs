//! SIGINT and SIGTERM: the running command ends first.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Tells whether the program was asked to end. Clones share the answer.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    /// Number of the signal; 0 for none.
    received: Arc<AtomicUsize>,
    #[cfg(unix)]
    woken: Arc<std::os::unix::net::UnixStream>,
}

/// A signal that asks the program to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signal(usize);

impl Signal {
    /// The shell's exit code for a process that the signal ended.
    pub(crate) fn exit_code(self) -> u8 {
        u8::try_from(self.0).map_or(u8::MAX, |number| number.saturating_add(128))
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            2 => f.write_str("SIGINT"),
            15 => f.write_str("SIGTERM"),
            number => write!(f, "signal {number}"),
        }
    }
}

impl Interrupt {
    /// The signal that came, if one has.
    pub(crate) fn received(&self) -> Option<Signal> {
        match self.received.load(Relaxed) {
            0 => None,
            number => Some(Signal(number)),
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd};
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize};

    use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::{flag, low_level::pipe};

    use super::Interrupt;

    impl Interrupt {
        /// Handles the signals from now on. The second one ends the process at once, because a
        /// plugin may never return.
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
            Ok(Self { received, woken: Arc::new(woken) })
        }

        /// Lets a write beyond the limit of file sizes fail with an error: the signal gets a
        /// handler that does nothing, in place of the default action.
        pub(crate) fn survive_file_size_limit() -> io::Result<()> {
            flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))).map(drop)
        }

        /// A descriptor that is readable once a signal came.
        pub(crate) fn woken_fd(&self) -> BorrowedFd<'_> {
            self.woken.as_fd()
        }
    }
}

#[cfg(not(unix))]
impl Interrupt {
    /// Signals keep their default action here.
    pub(crate) fn watch() -> std::io::Result<Self> {
        Ok(Self { received: Arc::new(AtomicUsize::new(0)) })
    }

    /// There is no such signal here.
    pub(crate) fn survive_file_size_limit() -> std::io::Result<()> {
        Ok(())
    }
}
