//! Standard input, output and error of the program.
//!
//! Plugins share the process, so standard output is moved: the program keeps a descriptor of its
//! own for outcomes, and whatever a plugin prints goes to standard error. All three may be
//! non-blocking, because the program that passed them on may have made them so.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use other::{Source, Stdout, write_stderr};
#[cfg(unix)]
pub(crate) use unix::{Source, Stdout, write_stderr};

/// Writes a line to standard error. A closed standard error is no reason to stop.
pub(crate) fn tell(text: &dyn std::fmt::Display) {
    let _ = write_stderr(format!("{text}\n").as_bytes());
}
