//! The plugin instance of an engine, and how a new one replaces it.

use std::{pin::Pin, sync::Arc};

use statevec_abi::{
    abi::RuntimeErrorBuf,
    host::{HostGate, PluginRuntime},
};

use super::PluginFailure;
use crate::{loader::LoadedPlugin, store::StoreLayer};

/// A plugin instance, with everything that another one is made from.
pub(super) struct Instance<H: StoreLayer> {
    // Dropped first: `on_unload` and `destroy_runtime` need the plugin's code.
    /// `None` after a replacement that failed.
    pub(super) runtime: Option<PluginRuntime<H, Arc<HostGate<H>>>>,
    gate: Pin<Arc<HostGate<H>>>,
    config: Box<str>,
    plugin: LoadedPlugin,
}

impl<H: StoreLayer> Instance<H> {
    pub(super) fn create(plugin: &LoadedPlugin, config: &str) -> Result<Self, PluginFailure> {
        let gate = Arc::pin(HostGate::new());
        let (config, plugin) = (config.into(), plugin.clone());
        let mut instance = Self { runtime: None, gate, config, plugin };
        instance.replace()?;
        Ok(instance)
    }

    /// Destroys the instance and creates another. None is left after an error.
    pub(super) fn replace(&mut self) -> Result<(), PluginFailure> {
        // The old instance is dropped first: it holds the gate, and a slot in a pool of instances.
        self.runtime = None;
        let mut error = RuntimeErrorBuf::cleared();
        let gate = self.gate.clone();
        self.runtime =
            Some(PluginRuntime::create(*self.plugin.api(), &self.config, gate, &mut error)?);
        Ok(())
    }

    /// Lets the plugin release what it holds.
    pub(super) fn unload(&mut self) -> Result<(), PluginFailure> {
        match &mut self.runtime {
            Some(runtime) => Ok(runtime.unload()?),
            None => Ok(()),
        }
    }

    pub(super) fn plugin(&self) -> &LoadedPlugin {
        &self.plugin
    }

    pub(super) fn config(&self) -> &str {
        &self.config
    }
}
