//! The limits that `--limits` gives to a plugin.

use std::io;
use std::path::{Path, PathBuf};

use statevec_host::LoadedPlugin;
use statevec_host::limits_file::{LimitsError, MOST_BYTES, parse_limits};
use statevec_host::text_file;

/// A file of limits that was read. The names in it are looked up once there is a plugin.
pub(crate) struct LimitsText(Option<(PathBuf, String)>);

/// The reason why there are no limits.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LimitsFileError {
    #[error("--limits {}: cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("--limits {}", path.display())]
    Parse { path: PathBuf, source: LimitsError },
}

impl LimitsText {
    /// Reads the file, if there is one.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, LimitsFileError> {
        let Some(path) = path else { return Ok(Self(None)) };
        match text_file::read(path, MOST_BYTES) {
            Ok(text) => Ok(Self(Some((path.into(), text)))),
            Err(source) => Err(LimitsFileError::Read { path: path.into(), source }),
        }
    }

    /// Gives the limits to a plugin.
    pub(crate) fn apply(self, plugin: LoadedPlugin) -> Result<LoadedPlugin, LimitsFileError> {
        let Some((path, text)) = self.0 else { return Ok(plugin) };
        match parse_limits(&text, plugin.schema()) {
            Ok(limits) => Ok(plugin.with_limits(limits)),
            Err(source) => Err(LimitsFileError::Parse { path, source }),
        }
    }
}
