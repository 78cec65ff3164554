//! Obstacles to replacing a file.

use std::path::Path;

use super::ReplacedFile;
use crate::cli::state::error::StateError;

impl ReplacedFile {
    /// Finds out what must not be replaced.
    pub(super) fn check_is_replaceable(&self, path: &Path) -> Result<(), StateError> {
        match &self.old {
            Some(old) if old.permissions().readonly() => Err(StateError::Fixed {
                path: path.to_owned(),
                reason: "it is read-only (attrib -r changes that)",
            }),
            _ => Ok(()),
        }
    }
}
