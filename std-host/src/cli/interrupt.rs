//! Signals that ask the program to end: the running command ends first.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[cfg(unix)]
use unix::Waker;
#[cfg(windows)]
use windows::Waker;

/// Tells whether the program was asked to end. Clones share the answer.
#[derive(Clone)]
pub(crate) struct Interrupt {
    /// Number of the signal; 0 for none.
    received: Arc<AtomicUsize>,
    waker: Arc<Waker>,
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
            2 => f.write_str(if cfg!(windows) { "Ctrl-C" } else { "SIGINT" }),
            15 if cfg!(windows) => f.write_str("the end of the session"),
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

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupt").field("received", &self.received()).finish_non_exhaustive()
    }
}
