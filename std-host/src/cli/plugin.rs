//! Loads the plugin that an argument names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use statevec_host::{
    LoadError, LoadOptions, LoadedPlugin,
    crate_folder::{BuildError, build},
};

use super::crash::{self, Call};
use super::plugin_args::TrustArgs;

/// Loads a shared library, or builds a crate's folder and loads the result.
pub(crate) fn open(
    path: &Path,
    trust: &TrustArgs,
    quiet: bool,
) -> Result<LoadedPlugin, PluginError> {
    let (file, allow_world_writable) = find(path, trust, quiet)?;
    let options = LoadOptions::new().allow_world_writable(allow_world_writable);
    match trust.sha256 {
        Some(digest) => load(&options.sha256(digest), &file),
        None => load(&options, &file),
    }
}

/// The file of a plugin, which may be the result of building a crate's folder, and whether it is
/// loaded even if every user may change it.
pub(crate) fn find(
    path: &Path,
    trust: &TrustArgs,
    quiet: bool,
) -> Result<(PathBuf, bool), PluginError> {
    let metadata =
        fs::metadata(path).map_err(|source| PluginError::Path { path: path.to_owned(), source })?;
    if path.file_name().is_some_and(|name| name == "Cargo.toml") {
        return Err(PluginError::Manifest { path: path.to_owned() });
    }
    match trust.sha256 {
        _ if !metadata.is_dir() => Ok((path.to_owned(), trust.allow_world_writable)),
        // Cargo builds the file anew, so its digest is not known in advance.
        Some(_) => Err(PluginError::PinnedFolder { path: path.to_owned() }),
        // A user who may change what cargo writes may change the sources as well, and those are
        // built without a check.
        None => Ok((build(path, quiet)?, true)),
    }
}

fn load(options: &LoadOptions, path: &Path) -> Result<LoadedPlugin, PluginError> {
    // SAFETY: the user of the program vouches for the plugin by naming it; the help and the README
    // say that its code runs (rule 6).
    Ok(crash::during(Call::Load, || unsafe { options.open(path) })?)
}

/// The reason why there is no plugin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PluginError {
    #[error("cannot find the plugin {}; give a shared library or a crate's folder", path.display())]
    Path { path: PathBuf, source: io::Error },
    #[error(
        "--sha256 pins a file, and {} is a crate's folder, which is built anew; build it, and give the shared library and its digest",
        path.display()
    )]
    PinnedFolder { path: PathBuf },
    #[error(
        "{} is a package's manifest and no plugin; give its folder {}, which is then built, or a shared library",
        path.display(), folder(path).display()
    )]
    Manifest { path: PathBuf },
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// The folder of a manifest, as it can be typed.
fn folder(manifest: &Path) -> &Path {
    match manifest.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

impl PluginError {
    /// Returns true if the user can correct it with another argument. Otherwise the plugin or the
    /// machine is at fault.
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            Self::Path { .. } | Self::PinnedFolder { .. } | Self::Manifest { .. } => true,
            Self::Build(error) => error.is_usage(),
            Self::Load(_) => false,
        }
    }
}
