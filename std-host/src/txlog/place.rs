//! The place of a frame in a segment.

use std::{path::Path, sync::Arc};

use super::LogError;
use crate::storage::{Context as _, StorageFile, SyncedWrites, write_all_at};

/// The place of a frame in a segment.
#[derive(Debug)]
pub(super) struct Place {
    file: Arc<dyn StorageFile>,
    synced: Option<Arc<dyn SyncedWrites>>,
    path: Arc<Path>,
    offset: u64,
}

impl Place {
    pub(super) fn new(
        file: Arc<dyn StorageFile>,
        synced: Option<Arc<dyn SyncedWrites>>,
        path: Arc<Path>,
        offset: u64,
    ) -> Self {
        Self { file, synced, path, offset }
    }

    /// Writes the frame. It is durable after [`sync`](Self::sync).
    pub(super) fn write(&self, frame: &[u8]) -> Result<(), LogError> {
        Ok(write_all_at(&*self.file, frame, self.offset).context("write", &self.path)?)
    }

    /// Puts the frame on stable storage, with one sync.
    pub(super) fn sync(&self) -> Result<(), LogError> {
        Ok(self.file.sync_data().context("sync", &self.path)?)
    }

    /// Writes the frame and puts it on stable storage: in one call where that is possible beside
    /// other frames, else with one sync.
    pub(super) fn write_durable(&self, frame: &[u8]) -> Result<(), LogError> {
        match &self.synced {
            Some(file) => Ok(file.write_all_at(frame, self.offset).context("write", &self.path)?),
            None => {
                self.write(frame)?;
                self.sync()
            }
        }
    }
}
