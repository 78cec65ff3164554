//! An engine that enforces its plugin's limits, if it has any.

use std::ops::RangeBounds;

use statevec_abi::{
    abi::SysId,
    boundary::RuntimeCommandRef,
    host::CallFailure,
    layers::{Layered, Limit},
    typed::{KeyedRecord, Pk, Record},
};

use super::{Engine, EngineFailure, Environment, Outcome, Position};
use crate::{
    LoadedPlugin,
    store::{Store, Transaction},
    typed::TypedError,
};

/// A store whose plugin has limits.
pub type LimitedStore = Layered<Store, Limit>;

/// An engine that enforces the [limits](LoadedPlugin::with_limits) of its plugin.
///
/// A plugin without limits runs on the bare store, as in an [`Engine`]: it pays for one branch per
/// command.
///
/// # Example
///
/// ```
/// # use std::sync::Arc;
/// # use statevec_abi::{plugin::StaticPlugin, prelude::*, schema, static_plugin};
/// # #[derive(Record)]
/// # #[record(kind = 1, len = 64, pk(id))]
/// # struct Counter { #[field(immutable)] id: u64, value: u64 }
/// # #[derive(Command)]
/// # #[command(kind = 1)]
/// # struct Add { id: u64, amount: u64 }
/// # schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Add], events: [] }; }
/// # struct Counters;
/// # impl Plugin for Counters {
/// #     fn name() -> &'static str { "counters" }
/// #     fn schema() -> &'static str { SCHEMA.json }
/// #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
/// #     fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
/// #         dispatch!(tx, match command {
/// #             Add(Add { id, amount }) => tx.update_or_create(&Counter { id, value: 0 }, |counter| {
/// #                 counter.set_value(counter.value().saturating_add(amount));
/// #             }),
/// #         })
/// #     }
/// # }
/// # const COUNTERS: StaticPlugin = static_plugin!(Counters, slots = 1);
/// use statevec_abi::{boundary::RuntimeCommandRef, layers::Limits};
/// use statevec_host::{GuardedEngine, LoadedPlugin, Store};
///
/// let limits = Limits { host_calls: 1, ..Limits::NONE };
/// let plugin = LoadedPlugin::from_static(&COUNTERS)?.with_limits(limits);
/// let store = Store::new(Arc::clone(plugin.schema()))?;
/// let mut engine = GuardedEngine::with_store(&plugin, "", store)?;
/// let payload = [7_u64.to_le_bytes(), 5_u64.to_le_bytes()].concat();
/// let outcome = engine.run(&RuntimeCommandRef::new(1, 1, 0, &payload));
/// assert_eq!(
///     outcome.failure().unwrap().message.to_string(),
///     "limit host-calls: one command may make 1 host calls, and this one makes more"
/// );
/// assert!(engine.store().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a process has few engines and seldom moves them, and a box costs each command a load"
)]
pub enum GuardedEngine {
    /// The plugin has no limits.
    Open(Engine),
    /// The plugin has limits.
    Limited(Engine<LimitedStore>),
}

/// Calls the engine inside.
macro_rules! inside {
    ($guarded:expr, $engine:ident => $call:expr) => {
        match $guarded {
            Self::Open($engine) => $call,
            Self::Limited($engine) => $call,
        }
    };
}

impl GuardedEngine {
    /// Creates an instance of a plugin on a store; see [`Engine::with_store`].
    ///
    /// # Errors
    ///
    /// As [`Engine::with_store`].
    pub fn with_store(
        plugin: &LoadedPlugin,
        config: &str,
        store: Store,
    ) -> Result<Self, EngineFailure<Store>> {
        if plugin.limits().is_none() {
            return Engine::with_store(plugin, config, store).map(Self::Open);
        }
        let host = Layered::new(store, Limit::new(*plugin.limits()));
        let engine = Engine::with_host(plugin, config, host);
        engine.map(Self::Limited).map_err(|failure| failure.map_host(Layered::into_host))
    }

    /// Runs one command; see [`Engine::run`].
    #[inline]
    pub fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Outcome<'_> {
        inside!(self, engine => engine.run(command))
    }

    /// Runs one command, and shows its transaction before it is committed; see
    /// [`Engine::run_recorded`].
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
        inside!(self, engine => engine.run_recorded(command, record))
    }

    /// Lets the plugin check its invariants on the committed state; see [`Engine::validate`].
    ///
    /// # Errors
    ///
    /// The invariant that does not hold, or the plugin's failure.
    pub fn validate(&mut self) -> Result<(), CallFailure<'_>> {
        inside!(self, engine => engine.validate())
    }

    /// The position in the sequence of commands.
    #[must_use]
    pub fn position(&self) -> Position {
        inside!(self, engine => engine.position())
    }

    /// Sets the position. The next command and transaction count from there.
    pub fn resume_at(&mut self, position: Position) {
        inside!(self, engine => engine.resume_at(position));
    }

    /// Number of committed transactions.
    #[must_use]
    pub fn tx_seq(&self) -> u64 {
        self.position().tx_seq
    }

    /// Everything beside the commands that determines the outcomes.
    #[must_use]
    pub fn environment(&self) -> Environment {
        inside!(self, engine => engine.environment())
    }

    /// The records.
    #[must_use]
    pub fn store(&self) -> &Store {
        inside!(self, engine => engine.store())
    }

    /// The store, to be changed between two commands.
    pub(crate) fn store_mut(&mut self) -> &mut Store {
        match self {
            Self::Open(engine) => engine.host_mut(),
            Self::Limited(engine) => engine.host_mut().host_mut(),
        }
    }

    /// Memory for encoded typed commands.
    pub(crate) fn payload(&mut self) -> &mut Vec<u8> {
        inside!(self, engine => &mut engine.payload)
    }

    /// The plugin.
    #[must_use]
    pub fn plugin(&self) -> &LoadedPlugin {
        inside!(self, engine => engine.plugin())
    }

    /// The record with a key; see [`Engine::get`].
    ///
    /// # Errors
    ///
    /// As [`Engine::get`].
    pub fn get<R: KeyedRecord>(&self, pk: Pk<R>) -> Result<Option<R>, TypedError> {
        self.store().get_typed(pk)
    }

    /// All records of a type; see [`Engine::records`].
    ///
    /// # Errors
    ///
    /// As [`Engine::records`].
    pub fn records<R: Record>(
        &self,
    ) -> Result<impl Iterator<Item = Result<(SysId, R), TypedError>>, TypedError> {
        self.store().records_typed()
    }

    /// The records of a type whose keys lie in a range; see [`Engine::range`].
    ///
    /// # Errors
    ///
    /// As [`Engine::range`].
    pub fn range<R: KeyedRecord>(
        &self,
        keys: impl RangeBounds<Pk<R>>,
    ) -> Result<impl DoubleEndedIterator<Item = Result<(SysId, R), TypedError>>, TypedError> {
        self.store().range_typed(keys)
    }

    /// Lets the plugin release what it holds, and gives back the records; see [`Engine::unload`].
    ///
    /// # Errors
    ///
    /// The plugin's failure, with the records; the instance is destroyed all the same.
    pub fn unload(self) -> Result<Store, EngineFailure<Store>> {
        match self {
            Self::Open(engine) => engine.unload(),
            Self::Limited(engine) => match engine.unload() {
                Ok(host) => Ok(host.into_host()),
                Err(failure) => Err(failure.map_host(Layered::into_host)),
            },
        }
    }

    /// Destroys the instance and gives back its records, for another engine.
    #[must_use]
    pub fn into_store(self) -> Store {
        match self {
            Self::Open(engine) => engine.into_store(),
            Self::Limited(engine) => engine.into_host().into_host(),
        }
    }
}
