//! The errors of `new`.

use std::io;
use std::path::PathBuf;

use super::name::NameError;
use crate::cli::error::is_of_path;

/// The reason why there is no project.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NewError {
    #[error("{} cannot name a project", dir.display())]
    Name { dir: PathBuf, source: NameError },
    #[error("{} exists already; name a folder that does not, or remove it", dir.display())]
    Exists { dir: PathBuf },
    #[error("{} is no checkout of StateVec: it has no core/Cargo.toml; give one with --statevec DIR", dir.display())]
    NoCheckout { dir: PathBuf },
    #[error("the path {} of the checkout is not UTF-8, and cannot stand in a manifest", dir.display())]
    CheckoutPath { dir: PathBuf },
    #[error("{} cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl NewError {
    /// Returns true if the user can correct it with another argument.
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            Self::Write { source, .. } => is_of_path(source),
            Self::Name { .. }
            | Self::Exists { .. }
            | Self::NoCheckout { .. }
            | Self::CheckoutPath { .. } => true,
        }
    }
}
