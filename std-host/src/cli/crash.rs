//! A note on standard error when a plugin ends the process, and the outcomes that were still
//! buffered.
//!
//! The note is written on a signal such as SIGSEGV or SIGABRT, and on a call of `exit`. A plugin
//! that calls `_exit`, or is killed with SIGKILL, ends the process without a note.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{during, next_entry, save, watch};
#[cfg(windows)]
pub(crate) use windows::{during, next_entry, save};

/// The program's own work. When it is dropped, by a panic, too, the program ends on its own.
pub(crate) struct OwnWork;

impl Drop for OwnWork {
    fn drop(&mut self) {
        #[cfg(unix)]
        unix::end();
        #[cfg(windows)]
        windows::end();
    }
}

/// A call of the plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Load,
    Create,
    Command {
        line: u64,
        ext_seq: u64,
    },
    Validate,
    /// The replay of an entry of the log.
    Entry(u64),
    Unload,
}
