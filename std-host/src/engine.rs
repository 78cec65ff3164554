//! A plugin instance and its records, running commands.

mod batch;
mod error;
mod guarded;
mod instance;
mod lifecycle;
mod lookahead;
mod outcome;
mod position;
mod progress;
mod stop;

use std::{convert::Infallible, fmt};

use statevec_abi::{boundary::RuntimeCommandRef, host::CallFailure};

use crate::{
    loader::LoadedPlugin,
    store::{Store, StoreLayer, Transaction},
};

pub use error::{EngineError, EngineFailure, PluginFailure};
pub use guarded::{GuardedEngine, LimitedStore};
pub use outcome::Outcome;
pub use position::{Environment, Position};

use instance::Instance;
use lookahead::Lookahead;
use progress::{Condition, Progress};
use stop::Stop;

/// One plugin instance with its records.
///
/// Each command is one transaction: it commits when the plugin accepts, and leaves no trace
/// otherwise.
///
/// - The `ext_seq` of commands must ascend; gaps are legal. A command at or below the last one is a
///   [duplicate](Outcome::Duplicate) and does not run.
/// - A failed command (a panic, for example) is a transition like any other: it changes nothing,
///   and the next command gets a new instance of the plugin. So an engine that kept running and one
///   that was restarted give the same outcomes.
/// - Kind 4002 is the exception: the environment failed, not the command. The engine stops, answers
///   every further command with kind 4002, and does not count the command. Its records are those of
///   the last committed transaction; [`into_host`](Self::into_host) gives them back.
///
/// `H` is the host of the plugin's calls: the store itself, or a [`StoreLayer`] around it.
///
/// An engine may move between threads, and is used by one at a time (rule 7 of
/// [`statevec_abi::boundary::rules`]).
///
/// # Example
///
/// ```
/// # use statevec_abi::{plugin::StaticPlugin, prelude::*, schema, static_plugin};
/// # #[derive(Record)]
/// # #[record(kind = 1, len = 64, pk(id))]
/// # struct Counter { #[field(immutable)] id: u64, value: u64 }
/// # #[derive(Command)]
/// # #[command(kind = 1)]
/// # struct Add { id: u64, amount: u64 }
/// # schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Add], events: [] };
/// }
/// # struct Counters;
/// # impl Plugin for Counters {
/// #     fn name() -> &'static str { "counters" }
/// #     fn schema() -> &'static str { SCHEMA.json }
/// #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
/// #     fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx>
/// {
/// #         dispatch!(tx, match command {
/// #             Add(Add { id, amount }) => tx.update_or_create(&Counter { id, value: 0 },
/// |counter| {
/// #                 counter.set_value(counter.value().saturating_add(amount));
/// #             }),
/// #         })
/// #     }
/// # }
/// # const COUNTERS: StaticPlugin = static_plugin!(Counters, slots = 1);
/// use statevec_abi::boundary::RuntimeCommandRef;
/// use statevec_host::{Engine, LoadedPlugin, Outcome, json};
///
/// let plugin = LoadedPlugin::from_static(&COUNTERS)?;
/// let mut engine = Engine::create(&plugin, "")?;
///
/// let mut payload = Vec::new();
/// let line = br#"{"command":"Add","payload":{"id":7,"amount":5}}"#;
/// let parsed = json::parse_command(plugin.schema(), line, &mut payload)?;
/// let command = RuntimeCommandRef::new(parsed.kind, 1, 0, &payload);
///
/// assert!(engine.run(&command).is_committed());
/// assert_eq!(engine.store().len(1), 1);
/// // The same number again does not run again.
/// assert!(matches!(engine.run(&command), Outcome::Duplicate { last_ext_seq: 1 }));
/// let store = engine.unload()?;
/// assert_eq!(store.len(1), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Engine<H: StoreLayer = Store> {
    // Dropped first: the plugin's `on_unload` runs while its host exists.
    instance: Instance<H>,
    host: H,
    progress: Progress,
    stop: Stop,
    /// Made by the first batch.
    lookahead: Option<Lookahead>,
    /// Memory for encoded typed commands.
    pub(crate) payload: Vec<u8>,
}

impl<H: StoreLayer> Engine<H> {
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
        record: impl FnOnce(u64, &mut Transaction<'_>) -> Result<(), E>,
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
            // The plugin's own result is dropped: a machine with more memory would have another
            // one.
            drop(transaction);
            self.stop.write(format_args!(
                "the host has no memory left; the engine has stopped at ext_seq {ext_seq}"
            ));
            self.progress.set_condition(Condition::Stopped);
            return Ok(Outcome::Failed(self.stop.failure()));
        }
        match result {
            Ok(()) => {
                let tx_seq = self.progress.position().tx_seq + 1;
                transaction.on_store(|transaction| record(tx_seq, transaction))?;
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

    /// Replaces a spent instance. A stopped engine loses its instance.
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

    /// The position of the engine in its sequence of commands.
    #[must_use]
    pub fn position(&self) -> Position {
        self.progress.position()
    }

    /// Sets the position. The next command and transaction count from there.
    pub fn resume_at(&mut self, position: Position) {
        self.progress.set_position(position);
    }

    /// Number of committed transactions.
    #[must_use]
    pub fn tx_seq(&self) -> u64 {
        self.position().tx_seq
    }

    /// Everything beside the commands that determines the outcomes: plugin file, configuration and
    /// limits.
    #[must_use]
    pub fn environment(&self) -> Environment {
        Environment {
            plugin: self.plugin().name().into(),
            plugin_sha256: self.plugin().sha256(),
            config: self.instance.config().into(),
            limits: self.store().limits(),
            plugin_limits: *self.plugin().limits(),
        }
    }

    /// The records.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.host.store()
    }

    /// The host of the plugin's calls: the store, or the layer around it.
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
}

/// Notes a command that was not committed. The engine continues, needs a new instance, or stops.
#[cold]
fn note_failure(progress: &mut Progress, stop: &mut Stop, ext_seq: u64, failure: &CallFailure<'_>) {
    if failure.kind.is_rejection() {
        progress.advance(ext_seq);
    } else if Stop::is_due_to(failure.kind) {
        stop.write(format_args!("the engine has stopped at ext_seq {ext_seq}: {failure}"));
        progress.set_condition(Condition::Stopped);
    } else {
        progress.advance(ext_seq);
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
