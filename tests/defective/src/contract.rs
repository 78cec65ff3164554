//! Breaches of the contract: outcomes, events, records and host calls.

use std::{process, sync::Mutex, thread, time::Duration};

use statevec_abi::prelude::*;
use statevec_bank::{Account, BalanceChanged, Bank, Deposit, Transfer, Withdraw};

use crate::{Defective, named};

/// Configurations that were refused.
static REFUSED: Mutex<u32> = Mutex::new(0);

/// Makes the bank of a configuration that names no defect.
pub(crate) fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Bank> {
    match &*named() {
        "panic in create" if config.contains('[') => panic!("no such section"),
        "second try that succeeds" if config.contains('[') => {
            let mut refused = REFUSED.lock().unwrap();
            *refused += 1;
            if refused.is_multiple_of(2) {
                return Bank::create("", error);
            }
            Bank::create(config, error)
        }
        _ => Bank::create(config, error),
    }
}

/// Answers a command in place of the bank; false if the bank answers it.
pub(crate) fn instead<'tx>(
    plugin: &Defective,
    tx: &mut Tx<'tx>,
    command: &RuntimeCommandRef<'_>,
    amount: u64,
) -> TxResult<'tx, bool> {
    let kind = command.command_kind();
    match &*plugin.defect {
        "panic on u64::MAX" if amount == u64::MAX => panic!("attempt to add with overflow"),
        "panic on three" if amount == 3 => panic!("three"),
        "abort on three" if amount == 3 => process::abort(),
        "endless loop on u64::MAX" if amount == u64::MAX => forever(),
        "endless loop on three" if amount == 3 => forever(),
        "short payload that is taken" if command.payload().len() < 16 => return Ok(true),
        "long payload that is taken" if kind == Deposit::KIND && command.payload().len() > 16 => {
            return Ok(true);
        }
        "unknown command that is taken" if kind == 77 => return Ok(true),
        "command without code" if kind == Transfer::KIND => {
            return Err(tx.invalid_command(format_args!("unknown command kind {kind}")));
        }
        "rejection without a reason" if amount == 0 => return Err(tx.reject(format_args!(""))),
        "event that is lost" if kind == Deposit::KIND => {
            let deposit = Deposit::decode(command.payload());
            let _ = deposit.map(|deposit| {
                let account_id = deposit.account_id;
                let reason = statevec_bank::Reason::Deposit;
                // The result is ignored, so a refusal of the host is lost.
                let _ = tx.emit(&BalanceChanged { account_id, delta: 0, balance: 0, reason });
            });
        }
        _ => {}
    }
    Ok(false)
}

fn forever() -> ! {
    loop {
        thread::sleep(Duration::from_secs(1));
    }
}

/// Adds to a command that the bank has accepted.
pub(crate) fn after<'tx>(
    plugin: &Defective,
    tx: &mut Tx<'tx>,
    command: &RuntimeCommandRef<'_>,
) -> TxResult<'tx> {
    let Some(account_id) = account(command) else { return Ok(()) };
    let key = account_id.to_be_bytes();
    match &*plugin.defect {
        "short event" => tx.emit_raw(BalanceChanged::KIND, &[0; 24])?,
        "unlisted reason in an event" => {
            let mut payload = [0; 25];
            payload[24] = 9;
            tx.emit_raw(BalanceChanged::KIND, &payload)?;
        }
        // The refusal is ignored.
        "unlisted event" => drop(tx.emit_raw(9, b"surprise")),
        "unlisted record" => drop(tx.create_raw(9, |_| ())),
        "off by one" if command.command_kind() == Withdraw::KIND => {
            tx.update(Account::pk(account_id), |account| {
                account.set_balance(account.balance() - 1);
            })?;
        }
        "changed key" => {
            drop(tx.update_by_pk_raw(Account::KIND, &key, |data| data[0] ^= 0x80));
        }
        "short key" => drop(tx.update_by_pk_raw(Account::KIND, &key[..3], |_| ())),
        "bytes of no field" => {
            tx.update_by_pk_raw(Account::KIND, &key, |data| data[40] = 1)?;
        }
        _ => {}
    }
    Ok(())
}

/// The first account of a command.
fn account(command: &RuntimeCommandRef<'_>) -> Option<u64> {
    let payload = command.payload();
    match command.command_kind() {
        Deposit::KIND => Some(Deposit::decode(payload).ok()?.account_id),
        Withdraw::KIND => Some(Withdraw::decode(payload).ok()?.account_id),
        Transfer::KIND => Some(Transfer::decode(payload).ok()?.from),
        _ => None,
    }
}
