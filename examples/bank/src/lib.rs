#![no_std]
#![forbid(unsafe_code)]
//! The reference plugin: a bank with double-entry bookkeeping.
//!
//! Every amount comes from or goes to the platform's account (number 0), so
//! that all balances always add up to zero: the platform owes what its customers own. A first
//! deposit opens an account.
//!
//! This crate is a plain library, the same in firmware and on a server. `so/` makes it a shared
//! library.

mod config;
mod ledger;
mod schema;

pub use config::{Config, ConfigError};
pub use schema::{Account, BalanceChanged, Deposit, PLATFORM, Reason, SCHEMA, Transfer, Withdraw};

use ledger::{Posting, balances_add_up, post, post_or_open};
use statevec_abi::prelude::*;

/// The bank: it keeps its configuration, and everything else in records.
#[derive(Debug)]
pub struct Bank {
    config: Config,
}

impl Plugin for Bank {
    fn name() -> &'static str {
        "bank"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        match Config::parse(config) {
            Ok(config) => Ok(Self { config }),
            Err(reason) => Err(error.config_error(format_args!("{reason}"))),
        }
    }

    #[inline]
    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let now_us = command.ref_ext_time_us();
        dispatch!(
            tx,
            match command {
                Deposit(deposit) => self.deposit(tx, deposit, now_us),
                Withdraw(withdraw) => self.withdraw(tx, withdraw, now_us),
                Transfer(transfer) => self.transfer(tx, transfer, now_us),
            },
            schema = SCHEMA
        )
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        balances_add_up(state)
    }
}

impl Bank {
    fn deposit<'tx>(&self, tx: &mut Tx<'tx>, deposit: Deposit, now_us: u64) -> TxResult<'tx> {
        let account_id = customer(tx, deposit.account_id)?;
        let amount = self.amount(tx, deposit.amount)?;
        let reason = Reason::Deposit;
        post_or_open(tx, &Posting { account_id, delta: amount, reason, now_us })?;
        post_or_open(tx, &Posting { account_id: PLATFORM, delta: -amount, reason, now_us })
    }

    fn withdraw<'tx>(&self, tx: &mut Tx<'tx>, withdraw: Withdraw, now_us: u64) -> TxResult<'tx> {
        let account_id = customer(tx, withdraw.account_id)?;
        let amount = self.amount(tx, withdraw.amount)?;
        let reason = Reason::Withdraw;
        post(tx, &Posting { account_id, delta: -amount, reason, now_us })?;
        post(tx, &Posting { account_id: PLATFORM, delta: amount, reason, now_us })
    }

    fn transfer<'tx>(&self, tx: &mut Tx<'tx>, transfer: Transfer, now_us: u64) -> TxResult<'tx> {
        let from = customer(tx, transfer.from)?;
        let to = customer(tx, transfer.to)?;
        if from == to {
            return Err(tx.reject(format_args!("account {from} cannot transfer to itself")));
        }
        let amount = self.amount(tx, transfer.amount)?;
        let (sent, received) = (Reason::TransferSent, Reason::TransferReceived);
        post(tx, &Posting { account_id: from, delta: -amount, reason: sent, now_us })?;
        post(tx, &Posting { account_id: to, delta: amount, reason: received, now_us })
    }

    /// An amount that may be moved: positive, and within the configured limit.
    fn amount<'tx>(&self, tx: &mut Tx<'tx>, amount: u64) -> TxResult<'tx, i64> {
        let limit = self.config.max_amount();
        match i64::try_from(amount) {
            Ok(0) => Err(tx.reject(format_args!("amount must be positive"))),
            Ok(amount) if amount <= limit => Ok(amount),
            _ => Err(tx.reject(format_args!("amount {amount} is above the limit of {limit}"))),
        }
    }
}

/// An account that a command may name: any but the platform's own.
fn customer<'tx>(tx: &mut Tx<'tx>, account_id: u64) -> TxResult<'tx, u64> {
    if account_id == PLATFORM {
        return Err(tx.reject(format_args!("account {PLATFORM} is the platform's own")));
    }
    Ok(account_id)
}
