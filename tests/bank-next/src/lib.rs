#![forbid(unsafe_code)]
//! A later build of the bank: an account has a limit, and counts its changes in fewer bytes. A
//! deposit or withdrawal above the limit is rejected; nothing else is kept of the bank's logic.

use statevec_abi::prelude::*;
use statevec_bank::{BalanceChanged, Deposit, PLATFORM, Reason, Transfer, Withdraw};

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
    pub changes: u16,
    /// The largest amount of a deposit or withdrawal.
    pub limit: u64,
}

schema! {
    /// The schema of the later build.
    pub const SCHEMA = {
        version: "1.1",
        records: [Account],
        commands: [Deposit, Withdraw, Transfer],
        events: [BalanceChanged],
        types: [Reason],
    };
}

/// The later build.
#[derive(Debug)]
pub struct Bank;

impl Plugin for Bank {
    fn name() -> &'static str {
        "bank"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Deposit(Deposit { account_id, amount }) => {
                    change(tx, account_id, amount, 1, Reason::Deposit)
                }
                Withdraw(Withdraw { account_id, amount }) => {
                    change(tx, account_id, amount, -1, Reason::Withdraw)
                }
                Transfer(Transfer { from, .. }) => {
                    Err(tx.reject(format_args!("account {from} cannot transfer")))
                }
            },
            schema = SCHEMA
        )
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        state.for_each(|state, account: Account| {
            let Account { account_id, limit, .. } = account;
            match limit {
                0 => Err(state.reject(format_args!("account {account_id} has no limit"))),
                _ => Ok(()),
            }
        })
    }
}

/// Books an amount on an account, and the opposite on the platform's.
fn change<'tx>(
    tx: &mut Tx<'tx>,
    account_id: u64,
    amount: u64,
    sign: i64,
    reason: Reason,
) -> TxResult<'tx> {
    let limit = tx.read(Account::pk(account_id), |account| account.limit())?.unwrap_or(1_000_000);
    if amount > limit {
        return Err(tx.reject(format_args!("{amount} is above the limit of {limit}")));
    }
    let delta = i64::try_from(amount).unwrap_or(i64::MAX).wrapping_mul(sign);
    for (account_id, delta) in [(account_id, delta), (PLATFORM, -delta)] {
        let empty = Account { account_id, balance: 0, changes: 0, limit };
        let balance = tx.update_or_create(&empty, |account| {
            account.set_balance(account.balance().wrapping_add(delta));
            account.set_changes(account.changes().wrapping_add(1));
            account.balance()
        })?;
        tx.emit(&BalanceChanged { account_id, delta, balance, reason })?;
    }
    Ok(())
}

statevec_abi::export_plugin!(Bank, storage = statevec_abi_alloc::Boxed);
