//! The bank with a defect that its configuration names: `defect = hidden counter`. Without one it
//! is the bank.
//!
//! A defect stands in the file of the part of the contract that it breaks.

#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::unwrap_used,
    reason = "printing and panicking are among the defects"
)]

mod contract;
mod hidden_state;
mod process;
mod surroundings;

use std::{cell::Cell, sync::Mutex};

use statevec_abi::{export_plugin, prelude::*};
use statevec_bank::{Bank, Deposit, SCHEMA, Transfer, Withdraw};

/// The defective bank.
pub struct Defective {
    bank: Bank,
    defect: String,
    /// State that no record holds.
    hidden: Cell<u64>,
}

/// The last defect that was named, for calls without a configuration of their own.
static NAMED: Mutex<String> = Mutex::new(String::new());

/// True once a command has run.
static HAS_RUN: Mutex<bool> = Mutex::new(false);

fn named() -> String {
    NAMED.lock().unwrap().clone()
}

impl Plugin for Defective {
    fn name() -> &'static str {
        if named() == "name that changes" && *HAS_RUN.lock().unwrap() { "banks" } else { "bank" }
    }

    fn schema() -> &'static str {
        if named() == "schema that changes" && *HAS_RUN.lock().unwrap() {
            SCHEMA.json.trim_end()
        } else {
            SCHEMA.json
        }
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        let defect = config.strip_prefix("defect = ");
        if let Some(defect) = defect {
            *NAMED.lock().unwrap() = defect.to_owned();
        }
        process::on_create();
        let bank = match defect {
            Some(_) => Bank::create("", error)?,
            None => contract::create(config, error)?,
        };
        Ok(Self { bank, defect: defect.unwrap_or_default().into(), hidden: Cell::new(0) })
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        *HAS_RUN.lock().unwrap() = true;
        let amount = amount(command);
        hidden_state::before(self, tx, amount)?;
        surroundings::before(self, tx)?;
        process::before(self);
        if contract::instead(self, tx, command, amount)? {
            return Ok(());
        }
        let result = self.bank.run_tx(tx, command);
        hidden_state::after(self, result.is_ok());
        result?;
        contract::after(self, tx, command)
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        if self.defect == "invariant that needs an account" {
            let mut accounts = 0;
            state.for_each_key(1, |_, _| {
                accounts += 1;
                Ok(())
            })?;
            if accounts == 0 {
                return Err(state.reject(format_args!("there is no account")));
            }
        }
        self.bank.validate_biz_invariants(state)
    }

    fn on_unload<'c>(&mut self, error: ErrorSlot<'c>) -> TxResult<'c> {
        if self.defect == "unloading that fails" && *HAS_RUN.lock().unwrap() {
            return Err(error.fail(
                statevec_abi::abi::runtime_error_kind::PLUGIN_INTERNAL_ERROR,
                format_args!("there is more to do"),
            ));
        }
        Ok(())
    }
}

/// The amount of a command of the bank; 0 if it has none.
fn amount(command: &RuntimeCommandRef<'_>) -> u64 {
    let payload = command.payload();
    match command.command_kind() {
        Deposit::KIND => Deposit::decode(payload).map_or(0, |deposit| deposit.amount),
        Withdraw::KIND => Withdraw::decode(payload).map_or(0, |withdraw| withdraw.amount),
        Transfer::KIND => Transfer::decode(payload).map_or(0, |transfer| transfer.amount),
        _ => 0,
    }
}

export_plugin!(Defective, storage = statevec_abi_alloc::Boxed);
