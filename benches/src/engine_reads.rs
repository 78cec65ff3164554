//! Operations that change nothing, in an engine with its store.

use std::{error::Error, sync::Arc};

use statevec_abi::{
    abi::RecordKey, boundary::RuntimeCommandRef, plugin::StaticPlugin, static_plugin,
    typed::Record as _,
};
use statevec_bench_core::{Account, Bench};
use statevec_host::{Engine, LoadedPlugin, Outcome, Store, store::Restorer};

use crate::{FlatStore, Operation, store::ACCOUNTS};

/// The name in tables and budgets.
pub const NAME: &str = "engine, core SDK, static";

/// The operations.
pub const OPERATIONS: [Operation; 6] = [
    Operation::Noop,
    Operation::ReadById,
    Operation::ReadById10,
    Operation::ReadByPk,
    Operation::ReadByPk10,
    Operation::RejectText,
];

static PLUGIN: StaticPlugin = static_plugin!(Bench, slots = 1);

/// The plugin of the core SDK in an engine, with the accounts of the [`FlatStore`].
#[derive(Debug)]
pub struct EngineReads {
    engine: Engine,
    ext_seq: u64,
}

impl EngineReads {
    /// An engine with all accounts.
    ///
    /// # Errors
    ///
    /// The plugin cannot be loaded, or an account does not fit.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let plugin = LoadedPlugin::from_static(&PLUGIN)?;
        let mut restorer = Restorer::new(Store::new(Arc::clone(plugin.schema()))?);
        let flat = FlatStore::new();
        for sys_id in 1..=ACCOUNTS {
            let row = flat.by_id(Account::KIND, sys_id).map_err(|_| "no accounts")?;
            restorer.record(RecordKey { kind: Account::KIND, sys_id }, row.ok_or("no account")?)?;
        }
        let engine = Engine::with_store(&plugin, "", restorer.into_store())?;
        Ok(Self { engine, ext_seq: 0 })
    }

    /// Runs commands of an operation, so many times. Returns a number that depends on all outcomes.
    ///
    /// # Errors
    ///
    /// A command ends in another way than its operation should.
    pub fn run(
        &mut self,
        operation: Operation,
        commands: &[RuntimeCommandRef<'_>],
        rounds: u64,
    ) -> Result<u64, Box<dyn Error>> {
        let rejects = operation == Operation::RejectText;
        let mut sum = 0;
        for command in (0..rounds).flat_map(|_| commands) {
            self.ext_seq += 1;
            let (kind, time) = (command.command_kind(), command.ref_ext_time_us());
            let command = RuntimeCommandRef::new(kind, self.ext_seq, time, command.payload());
            sum += match self.engine.run(&command) {
                Outcome::Committed { tx_seq, .. } if !rejects => tx_seq,
                Outcome::Rejected(failure) if rejects => u64::from(failure.kind.0),
                other => return Err(format!("{}: {other:?}", operation.name()).into()),
            };
        }
        Ok(sum)
    }
}
