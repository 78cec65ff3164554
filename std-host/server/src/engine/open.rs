//! Opens the data directory with all that the engine's thread needs.

use std::{error::Error, io, sync::Arc};

use statevec_abi::abi::runtime_error_kind::CONFIG_ERROR;
use statevec_host::{
    EngineError, LoadedPlugin,
    durable::{DataDirectory, DurableEngine, DurableError, DurableOptions, OnFailure},
    storage::StorageError,
};

use super::keys::{KeyError, Keys};
use crate::replica::OwnDigests;

/// The way to open the data directory, for the first and every further time.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) directory: DataDirectory,
    pub(crate) plugin: LoadedPlugin,
    pub(crate) options: DurableOptions,
    pub(crate) remembered_keys: usize,
    /// Takes the digests that replicas exchange.
    pub(crate) digests: Option<OwnDigests>,
}

/// A data directory that is open.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) engine: DurableEngine,
    pub(crate) keys: Keys,
    /// The least number that the server gives to a command.
    pub(crate) least_number: u64,
}

/// The reason why the directory is not open.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Engine(#[from] DurableError),
    #[error(transparent)]
    Keys(#[from] KeyError),
}

impl OpenError {
    /// Returns true if the plugin refuses its configuration.
    pub(crate) fn is_config(&self) -> bool {
        matches!(
            self,
            Self::Engine(DurableError::Engine(EngineError::Create { source, .. }))
                if source.kind == CONFIG_ERROR
        )
    }
}

impl Opening {
    pub(crate) fn open(&self) -> Result<Opened, OpenError> {
        let engine = DurableEngine::open(&self.directory, &self.plugin, self.options.clone())?;
        let last = engine.position().ext_seq;
        // If failures are not skipped, the command may run again.
        let skips = self.options.on_failure == OnFailure::Skip && !self.options.rerun_interrupted;
        let interrupted = engine.opened().interrupted.filter(|_| skips);
        let interrupted = interrupted.map(|interrupted| interrupted.ext_seq);
        let storage = Arc::clone(self.directory.storage());
        let root = self.directory.root();
        let keys = Keys::open(storage, root, self.remembered_keys, last, interrupted)?;
        // The engine treats the next command with the number of one that ended the process as that
        // one. So no other command may get this number.
        let used = last.max(interrupted);
        let least_number = used.map_or(1, |used| used.saturating_add(1));
        Ok(Opened { engine, keys, least_number })
    }
}

/// Returns true if the medium has no more room, somewhere among an error's causes.
pub(crate) fn is_storage_full(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let io = error.downcast_ref::<io::Error>();
        let io = io.or_else(|| error.downcast_ref::<StorageError>().map(|error| &error.source));
        if let Some(io) = io {
            let kind = io.kind();
            return matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        }
        next = error.source();
    }
    false
}
