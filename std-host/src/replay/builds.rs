//! The plugin build that runs an entry again.

use std::{error::Error, fmt};

use super::ReplayError;
use crate::{LoadedPlugin, store::StoreLimits, txlog::LogHeader};

/// Loads the build that wrote entries with a header.
pub type LoadBuild =
    dyn FnMut(&LogHeader) -> Result<LoadedPlugin, Box<dyn Error + Send + Sync>> + Send;

/// The builds of a replay.
#[derive(Default)]
pub(super) struct Builds {
    /// The build that runs the entries of its own schema.
    pub(super) given: Option<LoadedPlugin>,
    /// Loads the builds for other entries.
    pub(super) load: Option<Box<LoadBuild>>,
}

impl Builds {
    /// The build for the entries behind a header; `None` if no plugin runs.
    pub(super) fn of_header(
        &mut self,
        header: &LogHeader,
    ) -> Result<Option<LoadedPlugin>, ReplayError> {
        if let Some(given) = &self.given {
            let offered = LogHeader::of_plugin(given, "", StoreLimits::default());
            if header.is_same_schema(&offered) {
                return Ok(Some(given.clone()));
            }
        }
        let version = header.schema_version;
        match (&mut self.load, &self.given) {
            (Some(load), _) => {
                let loaded = load(header);
                Ok(Some(loaded.map_err(|source| ReplayError::Build { version, source })?))
            }
            (None, Some(_)) => Err(ReplayError::OtherBuild { version }),
            (None, None) => Ok(None),
        }
    }
}

impl fmt::Debug for Builds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builds").field("given", &self.given).finish_non_exhaustive()
    }
}
