//! Records, commands and events of the bank. Amounts are in the smallest unit of the currency;
//! times in microseconds.

use statevec_abi::prelude::*;

/// The account that money comes from and goes to when it enters or leaves the bank.
pub const PLATFORM: u64 = 0;

/// An account with its balance.
#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 1, len = 64, pk(account_id))]
pub struct Account {
    /// The account's number.
    #[field(immutable)]
    pub account_id: u64,
    /// Its balance; negative for the platform's account only.
    pub balance: i64,
    /// How many times the balance has changed.
    pub changes: u64,
    /// Reference time of the last change.
    pub changed_at_us: u64,
}

/// Puts money on an account, and opens it if need be.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 1)]
pub struct Deposit {
    /// The account.
    pub account_id: u64,
    /// How much.
    pub amount: u64,
}

/// Takes money off an account.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 2)]
pub struct Withdraw {
    /// The account.
    pub account_id: u64,
    /// How much.
    pub amount: u64,
}

/// Moves money from one account to another.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 3)]
pub struct Transfer {
    /// The account that pays.
    pub from: u64,
    /// The account that is paid.
    pub to: u64,
    /// How much.
    pub amount: u64,
}

/// The reason for a change of a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
pub enum Reason {
    /// Money came into the bank.
    Deposit = 1,
    /// Money left the bank.
    Withdraw = 2,
    /// The account paid another one.
    TransferSent = 3,
    /// The account was paid by another one.
    TransferReceived = 4,
}

/// A balance has changed. There is one for each account that a command touches.
#[derive(Debug, Clone, PartialEq, Eq, Event)]
#[event(kind = 1)]
pub struct BalanceChanged {
    /// The account.
    pub account_id: u64,
    /// By how much.
    pub delta: i64,
    /// To what.
    pub balance: i64,
    /// The reason.
    pub reason: Reason,
}

schema! {
    /// The bank's schema.
    pub const SCHEMA = {
        version: "1.0",
        records: [Account],
        commands: [Deposit, Withdraw, Transfer],
        events: [BalanceChanged],
        types: [Reason],
    };
}
