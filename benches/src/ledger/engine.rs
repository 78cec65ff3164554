//! The bank in an engine: from a shared library, or linked.

use std::{error::Error, ops::ControlFlow, path::Path};

use statevec_abi::{
    boundary::RuntimeCommandRef, plugin::StaticPlugin, static_plugin, typed::Record as _,
};
use statevec_bank::Bank;
use statevec_host::{Engine, LoadedPlugin, Outcome, engine::Position};

use super::{Account, Deposits, Ledger, deposits::payload};
use crate::{library, processor::processor_time};

/// The library's package, with underscores.
pub const LIBRARY: &str = "statevec_bank_so";

static LINKED: StaticPlugin = static_plugin!(Bank, slots = 16);

/// The bank's record kind of accounts.
const ACCOUNT: u8 = statevec_bank::Account::KIND;

/// An engine without accounts, with the bank's shared library.
///
/// # Errors
///
/// The library cannot be loaded.
pub fn engine() -> Result<Engine, Box<dyn Error>> {
    engine_of(&library::path(LIBRARY)?)
}

/// An engine without accounts, with a copy of the bank's shared library.
///
/// # Errors
///
/// The library cannot be loaded.
pub fn engine_of(path: &Path) -> Result<Engine, Box<dyn Error>> {
    // SAFETY: the library is the bank of this workspace, which keeps the contract (rule 6).
    let plugin = unsafe { LoadedPlugin::open(path) }?;
    Ok(Engine::create(&plugin, "")?)
}

/// The bank in an engine.
#[derive(Debug)]
pub struct EngineLedger {
    engine: Engine,
    feeding: Feeding,
    name: &'static str,
}

/// How commands reach the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feeding {
    /// With `run_batch`.
    Batch,
    /// With `run`, each after the outcome of the one before.
    OneByOne,
}

impl EngineLedger {
    /// The bank's shared library.
    ///
    /// # Errors
    ///
    /// The library cannot be loaded.
    pub fn library(feeding: Feeding) -> Result<Self, Box<dyn Error>> {
        let name = match feeding {
            Feeding::Batch => "engine, `.so`, `run_batch`",
            Feeding::OneByOne => "engine, `.so`, `run`",
        };
        Ok(Self { engine: engine()?, feeding, name })
    }

    /// The bank linked in.
    ///
    /// # Errors
    ///
    /// All instances are in use.
    pub fn linked(feeding: Feeding) -> Result<Self, Box<dyn Error>> {
        let engine = Engine::create(&LoadedPlugin::from_static(&LINKED)?, "")?;
        Ok(Self { engine, feeding, name: "engine, bank linked in" })
    }

    /// The engine.
    pub fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Chooses how commands reach the engine.
    pub fn feed(&mut self, feeding: Feeding) {
        self.feeding = feeding;
    }
}

impl Ledger for EngineLedger {
    fn name(&self) -> String {
        self.name.into()
    }

    fn run(&mut self, deposits: &Deposits) -> Result<f64, Box<dyn Error>> {
        let commands = deposits.commands();
        let engine = &mut self.engine;
        engine.resume_at(Position { tx_seq: engine.tx_seq(), ext_seq: None });
        let mut events = 0;
        let mut count = |outcome: Outcome<'_>| match outcome {
            Outcome::Committed { events: emitted, .. } => {
                events += emitted.len();
                ControlFlow::Continue(())
            }
            other => ControlFlow::Break(format!("{other:?}")),
        };
        let began = processor_time();
        let stopped = match self.feeding {
            Feeding::Batch => engine.run_batch(&commands, |_, outcome| count(outcome)),
            Feeding::OneByOne => commands.iter().try_for_each(|command| count(engine.run(command))),
        };
        let nanos = (processor_time() - began).as_nanos() as f64 / commands.len() as f64;
        match stopped {
            ControlFlow::Break(reason) => Err(reason.into()),
            // The account's and the platform's.
            ControlFlow::Continue(()) if events == 2 * commands.len() => Ok(nanos),
            ControlFlow::Continue(()) => {
                Err(format!("{events} events of {} deposits", commands.len()).into())
            }
        }
    }

    fn deposit(&mut self, account: u64) -> Result<(), Box<dyn Error>> {
        let payload = payload(account);
        let number = self.engine.position().next_ext_seq().unwrap_or(u64::MAX);
        match self.engine.run(&RuntimeCommandRef::new(1, number, number, &payload)) {
            Outcome::Committed { .. } => Ok(()),
            other => Err(format!("{other:?}").into()),
        }
    }

    fn account(&mut self, id: u64) -> Result<Account, Box<dyn Error>> {
        let found = self.engine.store().get_by_pk(ACCOUNT, &id.to_be_bytes());
        let found = found.ok_or_else(|| format!("no account {id}"))?;
        let account = statevec_bank::Account::decode(found.data)?;
        Ok(Account { balance: account.balance, changes: account.changes })
    }
}
