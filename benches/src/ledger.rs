//! Bank deposits on the engine, and the same logic on maps and databases in memory.
//!
//! A deposit moves 1 from the platform's account to a customer's, opens the customer's account if
//! there is none, and makes two events. It takes effect whole or not at all.

pub mod deposits;
pub mod engine;
pub mod map;
pub mod redb;
pub mod sqlite;

use std::error::Error;

pub use deposits::Deposits;
pub use engine::EngineLedger;
pub use map::MapLedger;

/// A bank, as each peer implements it.
pub trait Ledger {
    /// The name for tables.
    fn name(&self) -> String;

    /// Opens accounts from 1 on, each with a deposit of 1.
    ///
    /// # Errors
    ///
    /// The ledger's.
    fn open(&mut self, accounts: u64) -> Result<(), Box<dyn Error>> {
        self.run(&Deposits::to_each(accounts)).map(|_| ())
    }

    /// Runs deposits, each a transaction of its own, and returns how many nanoseconds of the
    /// processor's time each took.
    ///
    /// # Errors
    ///
    /// A deposit is refused, or the ledger fails.
    fn run(&mut self, deposits: &Deposits) -> Result<f64, Box<dyn Error>>;

    /// Runs one deposit of 1.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    fn deposit(&mut self, account: u64) -> Result<(), Box<dyn Error>>;

    /// The account, to compare the peers.
    ///
    /// # Errors
    ///
    /// There is no such account, or the ledger fails.
    fn account(&mut self, id: u64) -> Result<Account, Box<dyn Error>>;
}

/// An account: its balance, and how often it changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// The balance.
    pub balance: i64,
    /// How often it changed.
    pub changes: u64,
}

/// The account that deposits come from.
pub const PLATFORM: u64 = 0;
