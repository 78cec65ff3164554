#![forbid(unsafe_code)]
//! Another build of the bank with the same schema. It answers as the bank does, except for deposits
//! of a few amounts, and refuses an account.

use std::{process, thread, time::Duration};

use statevec_abi::prelude::*;
use statevec_bank::{Account, Bank, Deposit, SCHEMA, Transfer, Withdraw};

/// A deposit of this amount is rejected.
pub const REJECTED: u64 = 1013;
/// After a deposit of this amount the account has another time, and nothing else differs.
pub const MISDATED: u64 = 2024;
/// A deposit of this amount ends the process.
pub const ABORTS: u64 = 666;
/// A deposit of this amount never ends.
pub const HANGS: u64 = 777;
/// An account of this number breaks an invariant.
pub const REFUSED_ACCOUNT: u64 = 4444;

/// The other build.
#[derive(Debug)]
pub struct OtherBank(Bank);

impl Plugin for OtherBank {
    fn name() -> &'static str {
        Bank::name()
    }

    fn schema() -> &'static str {
        Bank::schema()
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Bank::create(config, error).map(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Deposit(Deposit { amount, account_id }) => match amount {
                    REJECTED => Err(tx.reject(format_args!("{REJECTED} is no amount"))),
                    MISDATED => {
                        self.0.run_tx(tx, command)?;
                        tx.update(Account::pk(account_id), |account| {
                            account.set_changed_at_us(account.changed_at_us() + 1);
                        })?;
                        Ok(())
                    }
                    ABORTS => process::abort(),
                    HANGS => loop {
                        thread::sleep(Duration::from_secs(1));
                    },
                    _ => self.0.run_tx(tx, command),
                },
                Withdraw(_) => self.0.run_tx(tx, command),
                Transfer(_) => self.0.run_tx(tx, command),
            },
            schema = SCHEMA
        )
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        if state.read(Account::pk(REFUSED_ACCOUNT), |_| ())?.is_some() {
            return Err(state.reject(format_args!("there is an account {REFUSED_ACCOUNT}")));
        }
        self.0.validate_biz_invariants(state)
    }
}

statevec_abi::export_plugin!(OtherBank, storage = statevec_abi_alloc::Boxed);
