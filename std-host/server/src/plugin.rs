//! Loads the plugin.

use std::path::PathBuf;

use statevec_host::{LoadError, LoadOptions, LoadedPlugin, crate_folder, limits_file};

use crate::options::Settings;

/// The reason why there is no plugin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PluginError {
    /// The crate's folder gives no library.
    #[error(transparent)]
    Build(#[from] crate_folder::BuildError),
    /// The library does not load.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A digest for a crate's folder.
    #[error(
        "sha256 pins a file, and {} is a crate's folder, which is built anew; build it, and give the shared \
         library and its digest",
        _0.display()
    )]
    PinnedFolder(PathBuf),
    /// The plugin's limits do not fit its schema.
    #[error("limits {}", path.display())]
    Limits {
        /// The file of the limits.
        path: PathBuf,
        /// The reason.
        source: limits_file::LimitsError,
    },
}

impl PluginError {
    /// Returns true if another option can correct it. Otherwise the plugin or the machine is at
    /// fault.
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            Self::Build(error) => error.is_usage(),
            Self::Load(_) => false,
            Self::PinnedFolder(_) | Self::Limits { .. } => true,
        }
    }
}

/// Loads a shared library, or builds a crate's folder and loads the result. Gives it its limits.
pub(crate) fn load(settings: &Settings) -> Result<LoadedPlugin, PluginError> {
    let (_, plugin) = open(settings)?;
    let Some((path, text)) = &settings.plugin_limits else { return Ok(plugin) };
    match limits_file::parse_limits(text, plugin.schema()) {
        Ok(limits) => Ok(plugin.with_limits(limits)),
        Err(source) => Err(PluginError::Limits { path: path.clone(), source }),
    }
}

/// Loads a shared library, or builds a crate's folder and loads the result. Returns the library's
/// path with it.
pub(crate) fn open(settings: &Settings) -> Result<(PathBuf, LoadedPlugin), PluginError> {
    let Settings { plugin, sha256, allow_world_writable, .. } = settings;
    let options = LoadOptions::new().allow_world_writable(*allow_world_writable);
    let (options, path) = match sha256 {
        Some(_) if plugin.is_dir() => return Err(PluginError::PinnedFolder(plugin.clone())),
        Some(digest) => (options.sha256(*digest), plugin.clone()),
        // A user who may change what cargo writes may change the sources as well, and those are
        // built without a check.
        None if plugin.is_dir() => {
            (options.allow_world_writable(true), crate_folder::build(plugin, false)?)
        }
        None => (options, plugin.clone()),
    };
    // SAFETY: the user of the program vouches for the plugin by naming it; the help and the README
    // say that its code runs (rule 6).
    let plugin = unsafe { options.open(&path) }?;
    Ok((path, plugin))
}
