//! Making an engine, and taking it apart.

use std::sync::Arc;

use super::{
    Engine, EngineError, EngineFailure, instance::Instance, progress::Progress, stop::Stop,
};
use crate::{
    loader::LoadedPlugin,
    store::{Store, StoreLayer},
};

impl Engine {
    /// Creates an instance of a plugin, and an empty store for it.
    ///
    /// `config` is the plugin's own configuration text; empty when there is none.
    ///
    /// # Errors
    ///
    /// The plugin refuses the configuration or fails, has limits, or there can be no store for its
    /// schema.
    pub fn create(plugin: &LoadedPlugin, config: &str) -> Result<Self, EngineError> {
        let store = Store::new(Arc::clone(plugin.schema()))?;
        Ok(Self::with_store(plugin, config, store)?)
    }

    /// Creates an instance of a plugin on an existing store: one with limits, or the
    /// [store of another engine](Self::into_store).
    ///
    /// The engine counts commands and transactions from the beginning;
    /// [`resume_at`](Self::resume_at) changes that.
    ///
    /// # Errors
    ///
    /// The plugin refuses the configuration or fails, or has limits (a
    /// [`GuardedEngine`](super::GuardedEngine) enforces them), or the store has another schema. The
    /// error gives the store back.
    pub fn with_store(
        plugin: &LoadedPlugin,
        config: &str,
        store: Store,
    ) -> Result<Self, EngineFailure<Store>> {
        Self::with_host(plugin, config, store)
    }

    /// Destroys the instance and gives back its records, for another engine.
    #[must_use]
    pub fn into_store(self) -> Store {
        self.into_host()
    }
}

impl<H: StoreLayer> Engine<H> {
    /// As [`with_store`](Engine::with_store), with a layer around the store.
    ///
    /// # Errors
    ///
    /// As [`with_store`](Engine::with_store). The plugin's [limits](LoadedPlugin::limits) are not
    /// those that a layer enforces.
    pub fn with_host(
        plugin: &LoadedPlugin,
        config: &str,
        host: H,
    ) -> Result<Self, EngineFailure<H>> {
        if host.store().schema().identity() != plugin.schema().identity() {
            let error = EngineError::Schema { plugin: plugin.name().into() };
            return Err(EngineFailure::new(error, host));
        }
        if host.limits().copied().unwrap_or_default() != *plugin.limits() {
            let error = EngineError::Limits { plugin: plugin.name().into() };
            return Err(EngineFailure::new(error, host));
        }
        match Instance::create(plugin, config) {
            Ok(instance) => Ok(Self {
                instance,
                host,
                progress: Progress::new(),
                stop: Stop::new(),
                lookahead: None,
                payload: Vec::new(),
            }),
            Err(source) => {
                let error = EngineError::Create { plugin: plugin.name().into(), source };
                Err(EngineFailure::new(error, host))
            }
        }
    }

    /// Lets the plugin release what it holds, destroys its instance, and gives back the host with
    /// the records. Dropping the engine does the same and discards the plugin's answer.
    ///
    /// # Errors
    ///
    /// The plugin's failure, with the host; the instance is destroyed all the same.
    pub fn unload(mut self) -> Result<H, EngineFailure<H>> {
        match self.instance.unload() {
            Ok(()) => Ok(self.host),
            Err(source) => {
                let plugin = self.plugin().name().into();
                Err(EngineFailure::new(EngineError::Unload { plugin, source }, self.host))
            }
        }
    }

    /// Destroys the instance and gives back the host with the records.
    #[must_use]
    pub fn into_host(self) -> H {
        self.host
    }
}
