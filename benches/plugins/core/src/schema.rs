//! Records, commands and events of the benched plugin.

use statevec_abi::prelude::*;

/// An account with its balance.
#[derive(Debug, Record)]
#[record(kind = 1, len = 64, pk(account_id))]
pub struct Account {
    /// The account's number; the bench store gives it the same `sys_id`.
    #[field(immutable)]
    pub account_id: u64,
    /// Its balance.
    pub balance: i64,
    /// How many times the balance has changed.
    pub changes: u64,
    /// Reference time of the last change.
    pub changed_at_us: u64,
}

/// One line of an account's history.
#[derive(Debug, Record)]
#[record(kind = 2, len = 64)]
pub struct Entry {
    /// The account.
    pub account_id: u64,
    /// By how much its balance changed.
    pub delta: i64,
    /// To what.
    pub balance: i64,
    /// The reference time.
    pub at_us: u64,
}

/// A record kind that the bench store does not have.
#[derive(Debug, Record)]
#[record(kind = 9, len = 64, pk(id))]
pub struct Missing {
    /// Its number.
    #[field(immutable)]
    pub id: u64,
}

/// Does nothing.
#[derive(Debug, Command)]
#[command(kind = 1)]
pub struct Noop {}

/// Reads accounts by number, and compares the sum of their balances.
#[derive(Debug, Command)]
#[command(kind = 2)]
pub struct ReadById {
    /// The first account.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// The sum of their balances.
    pub expected: i64,
}

/// Reads accounts by key, and compares the sum of their balances.
#[derive(Debug, Command)]
#[command(kind = 3)]
pub struct ReadByPk {
    /// The first account.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// The sum of their balances.
    pub expected: i64,
}

/// Changes an account, adds a line to its history, and emits an event.
#[derive(Debug, Command)]
#[command(kind = 4)]
pub struct Deposit {
    /// The account.
    pub account_id: u64,
    /// How much.
    pub amount: i64,
}

/// Is rejected with a constant text.
#[derive(Debug, Command)]
#[command(kind = 5)]
pub struct RejectText {}

/// Is rejected with a formatted text.
#[derive(Debug, Command)]
#[command(kind = 6)]
pub struct RejectFormatted {
    /// The account.
    pub account_id: u64,
    /// How much.
    pub amount: i64,
}

/// Makes a host call that fails.
#[derive(Debug, Command)]
#[command(kind = 7)]
pub struct FailInHost {
    /// A number.
    pub id: u64,
}

/// A balance has changed.
#[derive(Debug, Event)]
#[event(kind = 1)]
pub struct BalanceChanged {
    /// The account.
    pub account_id: u64,
    /// By how much.
    pub delta: i64,
    /// To what.
    pub balance: i64,
    /// The reason, as a number.
    pub reason: u8,
}

schema! {
    /// The schema of the benched plugin.
    pub const SCHEMA = {
        version: "1.0",
        records: [Account, Entry, Missing],
        commands: [Noop, ReadById, ReadByPk, Deposit, RejectText, RejectFormatted, FailInHost],
        events: [BalanceChanged],
    };
}
