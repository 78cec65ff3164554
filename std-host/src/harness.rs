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

mod committed;
mod error;

use std::{borrow::Cow, path::Path, sync::Arc};

use statevec_abi::{
    abi::SysId,
    boundary::RuntimeCommandRef,
    plugin::StaticPlugin,
    typed::{Command, KeyedRecord, Pk, Record},
};
use statevec_abi_alloc::schema::SchemaRegistry;

use crate::{Engine, LoadedPlugin, Outcome, engine::PluginFailure};

pub use committed::Committed;
pub use error::HarnessError;

/// One plugin instance on an empty store, given one typed command after another.
#[derive(Debug)]
pub struct Harness {
    engine: Engine,
    ref_ext_time_us: u64,
    payload: Vec<u8>,
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
        Ok(Self { engine, ref_ext_time_us: 0, payload: Vec::new() })
    }

    /// Sets the reference time of the commands that follow, in microseconds; 0 until it is set.
    pub fn set_time_us(&mut self, ref_ext_time_us: u64) {
        self.ref_ext_time_us = ref_ext_time_us;
    }

    /// Runs a command. Its `ext_seq` is one more than that of the last, from 1.
    ///
    /// # Errors
    ///
    /// The command was [rejected](HarnessError::Rejected) or [failed](HarnessError::Failed), and
    /// changed nothing. A command that the schema does not list does not run: see
    /// [`HarnessError::Unlisted`].
    pub fn run<C: Command>(&mut self, command: &C) -> Result<Committed<'_>, HarnessError> {
        if self.schema().try_get_command(C::KIND).is_none() {
            return Err(HarnessError::Unlisted { name: C::DEF.name, list: "commands" });
        }
        self.payload.resize(command.encoded_len(), 0);
        let len = command.encode(&mut self.payload)?;
        self.payload.truncate(len);
        // At the end of the numbers the engine answers with a duplicate.
        let ext_seq = self.engine.position().next_ext_seq().unwrap_or(u64::MAX);
        let view = RuntimeCommandRef::new(C::KIND, ext_seq, self.ref_ext_time_us, &self.payload);
        let schema = Arc::clone(self.engine.store().schema());
        match self.engine.run(&view) {
            Outcome::Committed { tx_seq, events } => Ok(Committed { tx_seq, events, schema }),
            Outcome::Rejected(failure) => Err(HarnessError::Rejected(failure.into())),
            Outcome::Failed(failure) => Err(HarnessError::Failed(failure.into())),
            Outcome::Duplicate { last_ext_seq } => Err(HarnessError::SequenceEnd { last_ext_seq }),
        }
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
            Err(HarnessError::Rejected(failure)) => failure,
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
    /// The schema does not list the type, or the record's bytes do not fit it.
    pub fn get<R: KeyedRecord>(&self, pk: Pk<R>) -> Result<Option<R>, HarnessError> {
        self.listed::<R>()?;
        let record = self.engine.store().get_by_pk(R::KIND, pk.as_bytes());
        Ok(record.map(|record| R::decode(record.data)).transpose()?)
    }

    /// All records of a type, in ascending order of their numbers.
    ///
    /// # Errors
    ///
    /// The schema does not list the type, or the bytes of a record do not fit it.
    pub fn records<R: Record>(&self) -> Result<Vec<(SysId, R)>, HarnessError> {
        self.listed::<R>()?;
        let records = self.engine.store().records(R::KIND);
        records.map(|record| Ok((record.sys_id, R::decode(record.data)?))).collect()
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

    fn listed<R: Record>(&self) -> Result<(), HarnessError> {
        match self.schema().try_get(R::KIND) {
            Some(_) => Ok(()),
            None => Err(HarnessError::Unlisted { name: R::DEF.name, list: "records" }),
        }
    }

    fn schema(&self) -> &SchemaRegistry {
        self.engine.store().schema()
    }
}
