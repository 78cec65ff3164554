//! A plugin instance and its records, running commands.

mod error;
mod instance;
mod outcome;
mod position;
mod progress;
mod stop;

use std::{convert::Infallible, fmt, ops::ControlFlow, sync::Arc};

use statevec_abi::{boundary::RuntimeCommandRef, host::CallFailure};

use crate::{
    loader::LoadedPlugin,
    store::{Store, StoreLayer, Transaction},
};

pub use error::{EngineError, EngineFailure, PluginFailure};
pub use outcome::Outcome;
pub use position::{Environment, Position};

use instance::Instance;
use progress::{Condition, Progress};
use stop::Stop;

/// One plugin instance with the records that it works on.
///
/// Each command is one transaction: it commits when the plugin accepts, and leaves no trace
/// otherwise.
///
/// - The `ext_seq` of commands must ascend; gaps are legal. A command at or below the last one is a
///   [duplicate](Outcome::Duplicate) and does not run.
/// - A failed command (a panic, say) is a transition like any other: it changes nothing, and the
///   next command meets a new instance of the plugin. So an engine that lives and one that was
///   restarted give the same outcomes.
/// - Kind 4002 is the exception: the environment failed, not the command. The engine stops, answers
///   every further command with kind 4002, and does not count the command. Its records are those of
///   the last committed transaction; [`into_host`](Self::into_host) gives them back.
///
/// `H` is the host that the plugin's calls reach: the store itself, unless a [`StoreLayer`] stands
/// around it.
///
/// An engine may move between threads, and is used by one at a time (rule 7 of
/// [`statevec_abi::boundary::rules`]).
pub struct Engine<H: StoreLayer = Store> {
    // Dropped first: the plugin's `on_unload` runs while its host exists.
    instance: Instance<H>,
    host: H,
    progress: Progress,
    stop: Stop,
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
    /// The plugin refuses the configuration or fails, or the store has another schema. The error
    /// gives the store back.
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
    /// As [`with_store`](Engine::with_store).
    pub fn with_host(
        plugin: &LoadedPlugin,
        config: &str,
        host: H,
    ) -> Result<Self, EngineFailure<H>> {
        if host.store().schema().identity() != plugin.schema().identity() {
            let error = EngineError::Schema { plugin: plugin.name().into() };
            return Err(EngineFailure::new(error, host));
        }
        match Instance::create(plugin, config) {
            Ok(instance) => {
                Ok(Self { instance, host, progress: Progress::new(), stop: Stop::new() })
            }
            Err(source) => {
                let error = EngineError::Create { plugin: plugin.name().into(), source };
                Err(EngineFailure::new(error, host))
            }
        }
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
    /// The error of `record`. The transaction is then undone, and the command may run again.
    #[inline]
    pub fn run_recorded<E>(
        &mut self,
        command: &RuntimeCommandRef<'_>,
        record: impl FnOnce(u64, &mut Transaction<'_, H>) -> Result<(), E>,
    ) -> Result<Outcome<'_>, E> {
        let ext_seq = command.ext_seq();
        if !self.progress.is_open_for(ext_seq) {
            if let Some(last_ext_seq) = self.progress.duplicate_of(ext_seq) {
                return Ok(Outcome::Duplicate { last_ext_seq });
            }
            self.make_usable();
        }
        let Some(runtime) = self.instance.runtime.as_mut() else {
            return Ok(Outcome::Failed(self.stop.failure()));
        };
        let mut transaction = Transaction::begin(&mut self.host);
        let result = runtime.run_tx(transaction.host(), command);
        if transaction.ran_out_of_memory() {
            // The plugin's own answer does not count: another machine may have the memory.
            drop(transaction);
            self.stop.write(format_args!(
                "the host has no memory left; the engine has stopped at ext_seq {ext_seq}"
            ));
            self.progress.set_condition(Condition::Stopped);
            return Ok(Outcome::Failed(self.stop.failure()));
        }
        match result {
            Ok(()) => {
                record(self.progress.position().tx_seq + 1, &mut transaction)?;
                let events = transaction.commit();
                Ok(Outcome::Committed { tx_seq: self.progress.commit(ext_seq), events })
            }
            Err(failure) => {
                drop(transaction);
                note_failure(&mut self.progress, &mut self.stop, ext_seq, &failure);
                Ok(Outcome::of_failure(failure))
            }
        }
    }
    /// Runs commands one after another, each a transaction of its own, until there are no more or
    /// `each` breaks. `each` gets the command's position in the list and its outcome.
    ///
    /// It saves over [`run`](Self::run) the cost of preparing a command: prepared views pass to the
    /// plugin unchanged.
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
    /// The invariant that does not hold, or the plugin's failure. After a failure the next call
    /// meets a new instance.
    pub fn validate(&mut self) -> Result<(), CallFailure<'_>> {
        self.make_usable();
        let Some(runtime) = self.instance.runtime.as_mut() else {
            return Err(self.stop.failure());
        };
        let result = runtime.validate_biz_invariants(&self.host);
        if result.is_err_and(|failure| !failure.kind.is_rejection()) {
            self.progress.set_condition(Condition::Spent);
        }
        result
    }

    /// Replaces a spent instance, and discards that of a stopped engine.
    #[cold]
    fn make_usable(&mut self) {
        match self.progress.condition() {
            Condition::Usable => {}
            Condition::Stopped => self.instance.runtime = None,
            Condition::Spent => match self.instance.replace() {
                Ok(()) => self.progress.set_condition(Condition::Usable),
                Err(failure) => {
                    let plugin = self.plugin().name();
                    let reason = format!("no new instance of plugin {plugin}: {failure}");
                    self.stop.write(format_args!("{reason}"));
                    self.progress.set_condition(Condition::Stopped);
                }
            },
        }
    }

    /// How far the engine has come.
    #[must_use]
    pub fn position(&self) -> Position {
        self.progress.position()
    }

    /// Continues the count of commands and transactions from another position: that of the engine
    /// which left the store, say.
    pub fn resume_at(&mut self, position: Position) {
        self.progress.set_position(position);
    }

    /// How many transactions have been committed.
    #[must_use]
    pub fn tx_seq(&self) -> u64 {
        self.position().tx_seq
    }

    /// What determines the outcomes beside the commands: plugin file, configuration and limits.
    #[must_use]
    pub fn environment(&self) -> Environment {
        Environment {
            plugin: self.plugin().name().into(),
            plugin_sha256: self.plugin().sha256(),
            config: self.instance.config().into(),
            limits: self.store().limits(),
        }
    }

    /// The records.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.host.store()
    }

    /// The host that the plugin's calls reach: the store, or the layer around it.
    #[must_use]
    pub fn host(&self) -> &H {
        &self.host
    }

    /// The host, to be changed between two commands.
    pub(crate) fn host_mut(&mut self) -> &mut H {
        &mut self.host
    }

    /// The plugin.
    #[must_use]
    pub fn plugin(&self) -> &LoadedPlugin {
        self.instance.plugin()
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

/// Notes a command that was not committed: an outcome like any other, or the end.
#[cold]
fn note_failure(progress: &mut Progress, stop: &mut Stop, ext_seq: u64, failure: &CallFailure<'_>) {
    if failure.kind.is_rejection() {
        progress.pass(ext_seq);
    } else if Stop::is_due_to(failure.kind) {
        stop.write(format_args!("the engine has stopped at ext_seq {ext_seq}: {failure}"));
        progress.set_condition(Condition::Stopped);
    } else {
        progress.pass(ext_seq);
        progress.set_condition(Condition::Spent);
    }
}

impl<H: StoreLayer> fmt::Debug for Engine<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("plugin", self.plugin())
            .field("position", &self.position())
            .field("store", self.store())
            .finish_non_exhaustive()
    }
}
