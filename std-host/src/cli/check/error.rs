//! Errors of the command `check`.

use std::io;
use std::path::PathBuf;

use statevec_host::check::{CheckError, SerializeError};

use crate::cli::error::is_of_path;

#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckCommandError {
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error("--examples {}: cannot be read", path.display())]
    Examples { path: PathBuf, source: io::Error },
    #[error("--junit {}: cannot be written", path.display())]
    JUnit { path: PathBuf, source: io::Error },
    #[error("--junit {}: the report cannot be written as XML", path.display())]
    Xml { path: PathBuf, source: SerializeError },
    #[error("the plugin does not pass; checks that failed: {count}")]
    Failed { count: usize },
}

impl CheckCommandError {
    /// Returns true if the user can correct it with another argument.
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            Self::Check(error) => !matches!(error, CheckError::Start { .. } | CheckError::Stopped),
            Self::Examples { .. } => true,
            Self::JUnit { source, .. } => is_of_path(source),
            Self::Xml { .. } | Self::Failed { .. } => false,
        }
    }
}
