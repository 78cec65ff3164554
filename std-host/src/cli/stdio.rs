//! Standard input, output and error of the program.
//!
//! Plugins share the process, so standard output is moved: the program keeps a descriptor of its
//! own for outcomes, and a plugin's prints go to standard error. All three may be non-blocking,
//! because the program that passed them on may have made them so.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
mod windows_stdin;

#[cfg(unix)]
pub(crate) use unix::{Source, Stdout, write_stderr};
#[cfg(windows)]
pub(crate) use windows::{Source, Stdout, write_stderr};

/// Writes a line to standard error. It ignores a closed standard error.
pub(crate) fn tell(text: &dyn std::fmt::Display) {
    let _ = write_stderr(format!("{text}\n").as_bytes());
}
