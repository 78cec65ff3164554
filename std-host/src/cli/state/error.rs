//! The errors of `--state-out`.

use std::io;
use std::path::PathBuf;

use crate::cli::interrupt::Signal;

/// The reason why the records are not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    #[error("--state-out {}: not a regular file or a pipe; give the name of one", path.display())]
    NotAFile { path: PathBuf },
    #[error("--state-out {}: names a folder; remove the slash at the end", path.display())]
    Folder { path: PathBuf },
    #[error(
        "--state-out {}: standard output holds the outcomes; give another file, or --no-outcomes",
        path.display()
    )]
    Outcomes { path: PathBuf },
    #[error(
        "--state-out {}: standard output holds the results of the replay; give another file",
        path.display()
    )]
    Report { path: PathBuf },
    #[error("--state-out {}: is {input}, and would overwrite it; give another file", path.display())]
    Input { path: PathBuf, input: &'static str },
    #[error("--state-out {}: cannot create a file there", path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error("--state-out {}: the file cannot be replaced: {reason}", path.display())]
    Fixed { path: PathBuf, reason: &'static str },
    #[cfg(unix)]
    #[error("--state-out {}: the new file cannot have the owner of the old one; remove the old file, or give another name", path.display())]
    Owner { path: PathBuf, source: io::Error },
    #[error("--state-out {}: cannot write the records", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("--state-out {}: {signal} came before all records were written", path.display())]
    Interrupted { path: PathBuf, signal: Signal },
}

impl StateError {
    /// Returns true if the user can correct it with another argument.
    pub(crate) fn is_usage(&self) -> bool {
        !matches!(self, Self::Write { .. } | Self::Interrupted { .. })
    }
}
