//! From the path that the user gives to a plugin.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use statevec_host::{LoadError, LoadedPlugin};

use super::build::{BuildError, build};

/// Loads a shared library, or builds a crate's folder and loads what comes out.
pub(crate) fn open(path: &Path, quiet: bool) -> Result<LoadedPlugin, PluginError> {
    let metadata =
        fs::metadata(path).map_err(|source| PluginError::Path { path: path.to_owned(), source })?;
    if metadata.is_dir() {
        Ok(LoadedPlugin::open(build(path, quiet)?)?)
    } else {
        Ok(LoadedPlugin::open(path)?)
    }
}

/// Why there is no plugin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PluginError {
    #[error("cannot find the plugin {}; give a shared library or a crate's folder", path.display())]
    Path { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl PluginError {
    /// Whether another argument would help, rather than another plugin or machine.
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            Self::Path { .. } => true,
            Self::Build(error) => error.is_usage(),
            Self::Load(_) => false,
        }
    }
}
