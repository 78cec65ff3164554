//! Runs a plugin in its author's tests, against the real store.
//!
//! ```
//! use statevec_host::harness::Harness;
//! # use statevec_abi::prelude::*;
//! # #[derive(Debug, PartialEq, Record)]
//! # #[record(kind = 1, len = 64, pk(id))]
//! # struct Counter { #[field(immutable)] id: u64, value: u8 }
//! # #[derive(Command)]
//! # #[command(kind = 1)]
//! # struct Add { id: u64, amount: u8 }
//! # #[derive(Debug, PartialEq, Event)]
//! # #[event(kind = 1)]
//! # struct Added { id: u64, value: u8 }
//! # schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Add], events: [Added] }; }
//! # struct Counters;
//! # impl Plugin for Counters {
//! #     fn name() -> &'static str { "counters" }
//! #     fn schema() -> &'static str { SCHEMA.json }
//! #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
//! #     fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
//! #         dispatch!(tx, match command {
//! #             Add(Add { id, amount }) => {
//! #                 let value = tx.update_or_create(&Counter { id, value: 0 }, |counter| {
//! #                     let value = counter.value().checked_add(amount)?;
//! #                     counter.set_value(value);
//! #                     Some(value)
//! #                 })?;
//! #                 match value {
//! #                     Some(value) => tx.emit(&Added { id, value }),
//! #                     None => Err(tx.reject(format_args!("counter {id} would overflow"))),
//! #                 }
//! #             },
//! #         })
//! #     }
//! # }
//! let mut harness = Harness::linked(&static_plugin!(Counters, slots = 1), "")?;
//!
//! let committed = harness.run(&Add { id: 7, amount: 200 })?;
//! assert_eq!(committed.events::<Added>()?, [Added { id: 7, value: 200 }]);
//! assert_eq!(harness.get(Counter::pk(7))?, Some(Counter { id: 7, value: 200 }));
//!
//! let rejection = harness.expect_rejection(&Add { id: 7, amount: 100 });
//! assert_eq!(rejection.message, "counter 7 would overflow");
//! harness.check_invariants()?;
//! # Ok::<(), statevec_host::harness::HarnessError>(())
//! ```

use std::{borrow::Cow, ops::RangeBounds, path::Path};

use statevec_abi::{
    abi::SysId,
    plugin::StaticPlugin,
    typed::{Command, KeyedRecord, Pk, Record},
};

use crate::{
    Engine, LoadedPlugin,
    engine::{EngineError, PluginFailure},
    loader::LoadError,
    typed::{Committed, TypedError},
};

/// One plugin instance on an empty store, given one typed command after another.
///
/// It is an [`Engine`] with a reference time that a test sets, and with checks that panic.
#[derive(Debug)]
pub struct Harness {
    engine: Engine,
    ref_ext_time_us: u64,
}

impl Harness {
    /// A plugin that is linked in, with a configuration text of its own; empty for none.
    ///
    /// # Errors
    ///
    /// The plugin cannot be used, or refuses the configuration.
    pub fn linked(plugin: &StaticPlugin, config: &str) -> Result<Self, HarnessError> {
        Self::new(&LoadedPlugin::from_static(plugin)?, config)
    }

    /// A plugin in a shared library.
    ///
    /// # Errors
    ///
    /// As [`linked`](Self::linked).
    ///
    /// # Safety
    ///
    /// As [`LoadedPlugin::open`].
    pub unsafe fn loaded(path: impl AsRef<Path>, config: &str) -> Result<Self, HarnessError> {
        // SAFETY: the caller vouches for the code of the library and of those that it needs (rule
        // 6).
        let plugin = unsafe { LoadedPlugin::open(path) }?;
        Self::new(&plugin, config)
    }

    /// A plugin that is loaded already.
    ///
    /// # Errors
    ///
    /// The plugin refuses the configuration, or fails.
    pub fn new(plugin: &LoadedPlugin, config: &str) -> Result<Self, HarnessError> {
        let engine = Engine::create(plugin, config)?;
        Ok(Self { engine, ref_ext_time_us: 0 })
    }

    /// Sets the reference time of the commands that follow, in microseconds; 0 until it is set.
    pub fn set_time_us(&mut self, ref_ext_time_us: u64) {
        self.ref_ext_time_us = ref_ext_time_us;
    }

    /// Runs a command. Its `ext_seq` is one more than that of the last, from 1.
    ///
    /// # Errors
    ///
    /// As [`Engine::run_typed`].
    pub fn run<C: Command>(&mut self, command: &C) -> Result<Committed<'_>, TypedError> {
        let ext_seq = self.engine.position().next_ext_seq().unwrap_or(u64::MAX);
        self.engine.run_typed_at(command, ext_seq, self.ref_ext_time_us)
    }

    /// Runs a command that must be rejected, and returns why it was.
    ///
    /// # Panics
    ///
    /// It was not rejected, or it changed something all the same: a record, a key, or the number of
    /// the next record.
    #[track_caller]
    pub fn expect_rejection<C: Command>(&mut self, command: &C) -> PluginFailure {
        let before = self.engine.store().image();
        let name = C::DEF.name;
        let failure = match self.run(command) {
            Err(TypedError::Rejected(failure)) => failure,
            Ok(Committed { tx_seq, .. }) => {
                panic!("{name} was to be rejected, and was committed as transaction {tx_seq}")
            }
            Err(error) => panic!("{name} was to be rejected: {error}"),
        };
        assert!(
            self.engine.store().image() == before,
            "{name} was rejected, and changed records all the same"
        );
        failure
    }

    /// The record with a key; `None` when there is none.
    ///
    /// # Errors
    ///
    /// As [`Engine::get`].
    pub fn get<R: KeyedRecord>(&self, pk: Pk<R>) -> Result<Option<R>, TypedError> {
        self.engine.get(pk)
    }

    /// All records of a type, in ascending order of their numbers.
    ///
    /// # Errors
    ///
    /// As [`Engine::records`], or the bytes of a record do not fit the type.
    pub fn records<R: Record>(&self) -> Result<Vec<(SysId, R)>, TypedError> {
        self.engine.records()?.collect()
    }

    /// The records of a type whose keys lie in a range, in ascending order of the keys.
    ///
    /// # Errors
    ///
    /// As [`Engine::range`], or the bytes of a record do not fit the type.
    pub fn range<R: KeyedRecord>(
        &self,
        keys: impl RangeBounds<Pk<R>>,
    ) -> Result<Vec<(SysId, R)>, TypedError> {
        self.engine.range(keys)?.collect()
    }

    /// Lets the plugin check its invariants.
    ///
    /// # Errors
    ///
    /// The invariant that does not hold, or the plugin's failure.
    pub fn check_invariants(&mut self) -> Result<(), HarnessError> {
        self.engine.validate().map_err(|failure| HarnessError::Invariants(failure.into()))
    }

    /// The plugin's debug messages in the last command, committed or not. Bytes that are not UTF-8
    /// are replaced.
    pub fn log(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.engine.store().log().map(String::from_utf8_lossy)
    }

    /// The engine, for everything else.
    pub fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }
}

/// An error in a step of a test.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HarnessError {
    /// The plugin cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// No instance could be made.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A command or a read has no result.
    #[error(transparent)]
    Typed(#[from] TypedError),
    /// An invariant does not hold.
    #[error("the invariants do not hold: {0}")]
    Invariants(#[source] PluginFailure),
}
