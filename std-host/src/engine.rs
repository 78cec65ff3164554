//! A plugin instance and its records, running commands.

mod error;
mod outcome;

use std::{convert::Infallible, fmt, ops::ControlFlow, pin::Pin, sync::Arc};

use statevec_abi::{
    RuntimeCommandRef, RuntimeErrorBuf,
    host::{CallFailure, HostGate, PluginRuntime},
};

use crate::{
    loader::LoadedPlugin,
    store::{Store, StoreLayer, Transaction},
};

pub use error::{EngineError, PluginFailure};
pub use outcome::Outcome;

/// One plugin instance with the records that it works on.
///
/// Each command is one transaction: it commits when the plugin accepts, and leaves no trace otherwise. A plugin that panicked refuses every
/// further command with kind 5001 until it is created anew; the records are as the last committed transaction left them.
///
/// `H` is what the plugin's calls reach: the store itself, unless a [`StoreLayer`] stands around it.
///
/// An engine may move between threads, and is used by one at a time (rule 7 of [`statevec_abi::rules`]).
pub struct Engine<H: StoreLayer = Store> {
    // Dropped from top to bottom: the instance first, which tells the plugin `on_unload` and destroys it while its host and its code are there.
    runtime: PluginRuntime<H, Arc<HostGate<H>>>,
    host: H,
    tx_seq: u64,
    plugin: LoadedPlugin,
}

impl Engine {
    /// Creates an instance of a plugin, and an empty store for it.
    ///
    /// `config` is the plugin's own configuration text; empty when there is none.
    ///
    /// # Errors
    ///
    /// The plugin refuses the configuration or fails, or there can be no store for its schema.
    pub fn create(plugin: &LoadedPlugin, config: &str) -> Result<Self, EngineError> {
        let store = Store::new(Arc::clone(plugin.schema()))?;
        Self::with_store(plugin, config, store)
    }

    /// Creates an instance of a plugin on a store that is there: one with limits, or one that another instance of the plugin has
    /// [left](Self::into_store).
    ///
    /// # Errors
    ///
    /// The plugin refuses the configuration or fails, or the store is for another schema.
    ///
    /// Transactions are counted per engine: the count begins at 1 again.
    pub fn with_store(
        plugin: &LoadedPlugin,
        config: &str,
        store: Store,
    ) -> Result<Self, EngineError> {
        Self::with_host(plugin, config, store)
    }

    /// Destroys the instance and gives back its records, to be carried on with by an instance that is in order.
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
    /// As [`with_store`](Engine::with_store).
    pub fn with_host(plugin: &LoadedPlugin, config: &str, host: H) -> Result<Self, EngineError> {
        if host.store().schema().identity() != plugin.schema().identity() {
            return Err(EngineError::Schema { plugin: plugin.name().into() });
        }
        let gate: Pin<Arc<HostGate<H>>> = Arc::pin(HostGate::new());
        let mut error = RuntimeErrorBuf::RESET;
        let runtime =
            PluginRuntime::create(*plugin.api(), config, gate, &mut error).map_err(|failure| {
                EngineError::Create { plugin: plugin.name().into(), source: failure.into() }
            })?;
        Ok(Self { runtime, host, tx_seq: 0, plugin: plugin.clone() })
    }

    /// Runs one command.
    #[inline]
    pub fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Outcome<'_> {
        let Ok(outcome) = self.run_recorded(command, |_, _| Ok::<(), Infallible>(()));
        outcome
    }

    /// Runs one command, and shows its transaction to `record` before it is committed.
    ///
    /// `record` gets the number that the transaction will have, and reads its
    /// [events](Transaction::events) and [changes](Transaction::changes). It is not called for a
    /// command that the plugin or the host refuses.
    ///
    /// # Errors
    ///
    /// The error of `record`. The transaction is then undone, and its number is given again.
    #[inline]
    pub fn run_recorded<E>(
        &mut self,
        command: &RuntimeCommandRef<'_>,
        record: impl FnOnce(u64, &mut Transaction<'_, H>) -> Result<(), E>,
    ) -> Result<Outcome<'_>, E> {
        let mut transaction = Transaction::begin(&mut self.host);
        match self.runtime.run_tx(transaction.host(), command) {
            Ok(()) => {
                let tx_seq = self.tx_seq + 1;
                record(tx_seq, &mut transaction)?;
                self.tx_seq = tx_seq;
                Ok(Outcome::Committed { tx_seq, events: transaction.commit() })
            }
            Err(failure) => {
                drop(transaction);
                Ok(Outcome::of_failure(failure))
            }
        }
    }

    /// Runs commands one after another, each a transaction of its own, until there are no more or `each` breaks. `each` gets the command's position
    /// in the list and its outcome.
    ///
    /// It saves over [`run`](Self::run) what a command costs to prepare: views that lie ready pass to the plugin unchanged.
    pub fn run_batch<B>(
        &mut self,
        commands: &[RuntimeCommandRef<'_>],
        mut each: impl FnMut(usize, Outcome<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        for (position, command) in commands.iter().enumerate() {
            each(position, self.run(command))?;
        }
        ControlFlow::Continue(())
    }

    /// Lets the plugin check its invariants on the committed state.
    ///
    /// # Errors
    ///
    /// The invariant that does not hold, or the plugin's failure.
    pub fn validate(&mut self) -> Result<(), CallFailure<'_>> {
        self.runtime.validate_biz_invariants(&self.host)
    }

    /// How many transactions have been committed.
    #[must_use]
    pub fn tx_seq(&self) -> u64 {
        self.tx_seq
    }

    /// The records.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.host.store()
    }

    /// What the plugin's calls reach: the store, or the layer around it.
    #[must_use]
    pub fn host(&self) -> &H {
        &self.host
    }

    /// The plugin.
    #[must_use]
    pub fn plugin(&self) -> &LoadedPlugin {
        &self.plugin
    }

    /// Lets the plugin release what it holds, and destroys its instance. Dropping the engine does so, too, but cannot say how it went.
    ///
    /// # Errors
    ///
    /// The plugin's failure; its instance is destroyed all the same.
    pub fn unload(mut self) -> Result<(), EngineError> {
        let plugin = self.plugin.name();
        let result = self.runtime.unload();
        result.map_err(|failure| EngineError::Unload {
            plugin: plugin.into(),
            source: failure.into(),
        })
    }

    /// Destroys the instance and gives back what its calls reached.
    #[must_use]
    pub fn into_host(self) -> H {
        self.host
    }
}

impl<H: StoreLayer> fmt::Debug for Engine<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("plugin", &self.plugin)
            .field("tx_seq", &self.tx_seq)
            .field("store", self.store())
            .finish_non_exhaustive()
    }
}
