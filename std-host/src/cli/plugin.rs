//! From the path that the user gives to a plugin.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use statevec_host::{LoadError, LoadOptions, LoadedPlugin};

use super::args::TrustArgs;
use super::build::{BuildError, build};

/// Loads a shared library, or builds a crate's folder and loads what comes out.
pub(crate) fn open(
    path: &Path,
    trust: &TrustArgs,
    quiet: bool,
) -> Result<LoadedPlugin, PluginError> {
    let metadata =
        fs::metadata(path).map_err(|source| PluginError::Path { path: path.to_owned(), source })?;
    if path.file_name().is_some_and(|name| name == "Cargo.toml") {
        return Err(PluginError::Manifest { path: path.to_owned() });
    }
    let options = LoadOptions::new().allow_world_writable(trust.allow_world_writable);
    match trust.sha256 {
        // What cargo makes of a source is nothing that anybody has looked at before.
        Some(_) if metadata.is_dir() => Err(PluginError::PinnedFolder { path: path.to_owned() }),
        Some(digest) => Ok(options.sha256(digest).open(path)?),
        // Whoever may change what cargo writes may as well change the source, and that is built without a question.
        None if metadata.is_dir() => {
            Ok(options.allow_world_writable(true).open(build(path, quiet)?)?)
        }
        None => Ok(options.open(path)?),
    }
}

/// Why there is no plugin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PluginError {
    #[error("cannot find the plugin {}; give a shared library or a crate's folder", path.display())]
    Path { path: PathBuf, source: io::Error },
    #[error(
        "{} describes a crate; give the folder that it lies in, which is then built, or a shared library",
        path.display()
    )]
    Manifest { path: PathBuf },
    #[error(
        "--sha256 pins a file, and {} is a crate's folder, which is built anew; build it, and give the shared library and its digest",
        path.display()
    )]
    PinnedFolder { path: PathBuf },
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl PluginError {
    /// Whether another argument would help, rather than another plugin or machine.
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            Self::Path { .. } | Self::Manifest { .. } | Self::PinnedFolder { .. } => true,
            Self::Build(error) => error.is_usage(),
            Self::Load(_) => false,
        }
    }
}
