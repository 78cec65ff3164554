//! The error of `header`.

use std::io;
use std::path::PathBuf;

use statevec_host::c_header::HeaderError;

use super::error::is_of_path;

/// The reason why there is no header.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeaderCommandError {
    #[error("{}: cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: no C header can be made of it", path.display())]
    Header { path: PathBuf, source: Box<HeaderError> },
    #[error("--out {}: is the source of the header, and would overwrite it", path.display())]
    Source { path: PathBuf },
    #[error("--out {}: cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl HeaderCommandError {
    /// Returns true if the user can correct it with another argument.
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            Self::Read { .. } | Self::Header { .. } | Self::Source { .. } => true,
            Self::Write { source, .. } => is_of_path(source),
        }
    }
}
