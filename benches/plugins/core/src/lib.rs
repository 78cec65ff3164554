#![no_std]
#![forbid(unsafe_code)]
//! The benched plugin, written with the core SDK as any plugin author would.
//!
//! The commands are described once, in `statevec_benches::operation`; the other plugins beside
//! this one do the same work with the means of their own interface.

mod schema;

pub use schema::{
    Account, BalanceChanged, Deposit, Entry, FailInHost, Missing, Noop, ReadById, ReadByPk,
    RejectFormatted, RejectText, SCHEMA,
};

use statevec_abi::prelude::*;

/// The plugin: its only state is a configured limit.
#[derive(Debug)]
pub struct Bench {
    limit: i64,
}

impl Plugin for Bench {
    fn name() -> &'static str {
        "bench"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_config: &str, _error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self { limit: i64::MAX })
    }

    // The export lies in another crate. Without link-time optimisation, this alone lets the compiler
    // inline the plugin into its entry function.
    #[cfg_attr(not(feature = "without-inline"), inline)]
    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let now_us = command.ref_ext_time_us();
        dispatch!(
            tx,
            match command {
                Noop(_) => Ok(()),
                ReadById(read) => read_by_id(tx, read),
                ReadByPk(read) => read_by_pk(tx, read),
                Deposit(deposit) => self.deposit(tx, deposit, now_us),
                RejectText(_) => Err(tx.reject(format_args!(
                    "the account is closed: it takes neither deposits nor payouts"
                ))),
                RejectFormatted(RejectFormatted { account_id, amount }) => Err(tx.reject(
                    format_args!("account {account_id} cannot pay {amount}: insufficient balance")
                )),
                FailInHost(fail) => fail_in_host(tx, fail),
            }
        )
    }
}

impl Bench {
    fn deposit<'tx>(&self, tx: &mut Tx<'tx>, deposit: Deposit, now_us: u64) -> TxResult<'tx> {
        let Deposit { account_id, amount } = deposit;
        let booked = tx.update(Account::pk(account_id), |account| {
            let balance = account.balance().checked_add(amount)?;
            account.set_balance(balance);
            account.set_changes(account.changes().wrapping_add(1));
            account.set_changed_at_us(now_us);
            (balance <= self.limit).then_some(balance)
        })?;
        let balance = match booked {
            Some(Some(balance)) => balance,
            Some(None) => return Err(tx.reject(format_args!("the balance would overflow"))),
            None => return Err(tx.reject(format_args!("there is no such account"))),
        };
        tx.create(&Entry { account_id, delta: amount, balance, at_us: now_us })?;
        tx.emit(&BalanceChanged { account_id, delta: amount, balance, reason: 1 })
    }
}

fn read_by_id<'tx>(tx: &mut Tx<'tx>, read: ReadById) -> TxResult<'tx> {
    let mut sum = 0_i64;
    for sys_id in read.first..read.first + read.count {
        match tx.read_by_id::<Account, _>(sys_id, |account| account.balance())? {
            Some(balance) => sum = sum.wrapping_add(balance),
            None => return Err(tx.reject(format_args!("there is no such account"))),
        }
    }
    expect(tx, sum, read.expected)
}

fn read_by_pk<'tx>(tx: &mut Tx<'tx>, read: ReadByPk) -> TxResult<'tx> {
    let mut sum = 0_i64;
    for account_id in read.first..read.first + read.count {
        match tx.read(Account::pk(account_id), |account| account.balance())? {
            Some(balance) => sum = sum.wrapping_add(balance),
            None => return Err(tx.reject(format_args!("there is no such account"))),
        }
    }
    expect(tx, sum, read.expected)
}

fn expect<'tx>(tx: &mut Tx<'tx>, sum: i64, expected: i64) -> TxResult<'tx> {
    if sum == expected {
        Ok(())
    } else {
        Err(tx.reject(format_args!("the balances read are not those expected")))
    }
}

/// Makes a host call that fails, because the store has no records of this kind.
fn fail_in_host<'tx>(tx: &mut Tx<'tx>, fail: FailInHost) -> TxResult<'tx> {
    let updated = tx.update(Missing::pk(fail.id), |missing| missing.id())?;
    match updated {
        Some(_) => Ok(()),
        None => Err(tx.reject(format_args!("there is no such record"))),
    }
}
