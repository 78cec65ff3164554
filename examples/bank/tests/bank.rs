//! The bank's behaviour, tested through the harness.
#![allow(clippy::expect_used, reason = "a test fails loudly")]

use statevec_abi::prelude::*;
use statevec_bank::{
    Account, BalanceChanged, Bank, Deposit, PLATFORM, Reason, SCHEMA, Transfer, Withdraw,
};
use statevec_host::harness::{Harness, HarnessError};

const BANK: StaticPlugin = static_plugin!(Bank, slots = 64);

fn bank() -> Harness {
    Harness::linked(&BANK, "").expect("the bank needs no configuration")
}

/// A bank in which account 1 has 100 and account 2 has 50.
fn open_bank() -> Harness {
    let mut bank = bank();
    for (account_id, amount) in [(1, 100), (2, 50)] {
        bank.run(&Deposit { account_id, amount }).expect("a deposit opens an account");
    }
    bank
}

fn balance(bank: &Harness, account_id: u64) -> Option<i64> {
    let account = bank.get(Account::pk(account_id)).expect("accounts are stored whole");
    account.map(|account| account.balance)
}

/// Rejects a command, and returns the reason.
fn reason<C: statevec_abi::typed::Command>(bank: &mut Harness, command: &C) -> String {
    bank.expect_rejection(command).message
}

#[test]
fn a_deposit_opens_the_account_and_the_platform_owes_it() -> Result<(), HarnessError> {
    let mut bank = bank();
    bank.set_time_us(1_000);
    let committed = bank.run(&Deposit { account_id: 7, amount: 100 })?;
    assert_eq!(committed.tx_seq, 1);
    let reason = Reason::Deposit;
    assert_eq!(
        committed.events::<BalanceChanged>()?,
        [
            BalanceChanged { account_id: 7, delta: 100, balance: 100, reason },
            BalanceChanged { account_id: PLATFORM, delta: -100, balance: -100, reason },
        ]
    );
    let account = Account { account_id: 7, balance: 100, changes: 1, changed_at_us: 1_000 };
    assert_eq!(bank.records::<Account>()?.first(), Some(&(1, account)));
    bank.check_invariants()
}

#[test]
fn a_withdrawal_takes_what_is_there_and_no_more() -> Result<(), HarnessError> {
    let mut bank = open_bank();
    bank.run(&Withdraw { account_id: 1, amount: 100 })?;
    assert_eq!((balance(&bank, 1), balance(&bank, PLATFORM)), (Some(0), Some(-50)));
    assert_eq!(
        reason(&mut bank, &Withdraw { account_id: 1, amount: 1 }),
        "insufficient balance: account 1 has 0, 1 is needed"
    );
    bank.check_invariants()
}

#[test]
fn a_transfer_leaves_the_platform_alone() -> Result<(), HarnessError> {
    let mut bank = open_bank();
    let committed = bank.run(&Transfer { from: 1, to: 2, amount: 30 })?;
    let changed: Vec<_> = committed
        .events::<BalanceChanged>()?
        .iter()
        .map(|event| (event.account_id, event.reason))
        .collect();
    assert_eq!(changed, [(1, Reason::TransferSent), (2, Reason::TransferReceived)]);
    let balances = [1, 2, PLATFORM].map(|account_id| balance(&bank, account_id));
    assert_eq!(balances, [Some(70), Some(80), Some(-150)]);
    bank.check_invariants()
}

#[test]
fn a_transfer_that_fails_halfway_changes_nothing() {
    let mut bank = open_bank();
    // The sender has been debited when the receiver turns out not to exist.
    let command = Transfer { from: 1, to: 3, amount: 30 };
    assert_eq!(reason(&mut bank, &command), "account 3 does not exist");
    assert_eq!(balance(&bank, 1), Some(100));
}

#[test]
fn commands_that_name_no_usable_account_are_rejected() {
    let mut bank = open_bank();
    let platform = "account 0 is the platform's own";
    assert_eq!(reason(&mut bank, &Deposit { account_id: 0, amount: 1 }), platform);
    assert_eq!(reason(&mut bank, &Withdraw { account_id: 0, amount: 1 }), platform);
    assert_eq!(reason(&mut bank, &Transfer { from: 0, to: 1, amount: 1 }), platform);
    assert_eq!(reason(&mut bank, &Transfer { from: 1, to: 0, amount: 1 }), platform);
    let itself = "account 1 cannot transfer to itself";
    assert_eq!(reason(&mut bank, &Transfer { from: 1, to: 1, amount: 1 }), itself);
    let absent = "account 9 does not exist";
    assert_eq!(reason(&mut bank, &Withdraw { account_id: 9, amount: 1 }), absent);
    assert_eq!(reason(&mut bank, &Transfer { from: 9, to: 1, amount: 1 }), absent);
}

#[test]
fn amounts_out_of_range_are_rejected() {
    let mut bank = open_bank();
    let zero = "amount must be positive";
    assert_eq!(reason(&mut bank, &Deposit { account_id: 1, amount: 0 }), zero);
    assert_eq!(reason(&mut bank, &Withdraw { account_id: 1, amount: 0 }), zero);
    assert_eq!(reason(&mut bank, &Transfer { from: 1, to: 2, amount: 0 }), zero);
    for amount in [1_000_000_000_000_000_001, u64::MAX] {
        let above = format!("amount {amount} is above the limit of 1000000000000000000");
        assert_eq!(reason(&mut bank, &Deposit { account_id: 1, amount }), above);
    }
}

#[test]
fn a_balance_that_would_overflow_is_rejected() -> Result<(), HarnessError> {
    let mut bank = Harness::linked(&BANK, "max_amount = 9223372036854775807")?;
    bank.run(&Deposit { account_id: 1, amount: i64::MAX.unsigned_abs() })?;
    let overflow = "the balance of account 1 would overflow";
    assert_eq!(reason(&mut bank, &Deposit { account_id: 1, amount: 1 }), overflow);
    // The platform owes 2^63 - 1 and can owe 1 more, not 2.
    let overflow = "the balance of account 0 would overflow";
    assert_eq!(reason(&mut bank, &Deposit { account_id: 2, amount: 2 }), overflow);
    bank.run(&Deposit { account_id: 2, amount: 1 })?;
    bank.check_invariants()
}

#[test]
fn the_configured_limit_holds() -> Result<(), HarnessError> {
    let mut bank = Harness::linked(&BANK, "# small change only\nmax_amount = 10\n")?;
    bank.run(&Deposit { account_id: 1, amount: 10 })?;
    let above = "amount 11 is above the limit of 10";
    assert_eq!(reason(&mut bank, &Deposit { account_id: 1, amount: 11 }), above);
    Ok(())
}

#[test]
fn a_configuration_that_cannot_be_used_is_refused_with_its_line() {
    let refused = |config: &str| {
        let error = Harness::linked(&BANK, config).expect_err("the configuration is wrong");
        let source = std::error::Error::source(&error).map(ToString::to_string);
        source.unwrap_or_default()
    };
    assert_eq!(
        refused("limit = 1"),
        "CONFIG_ERROR (1002): line 1: unknown key `limit`; the bank has `max_amount`"
    );
    assert_eq!(refused("\nmax_amount"), "CONFIG_ERROR (1002): line 2: expected `key = value`");
    for value in ["0", "-1", "ten", "9223372036854775808", ""] {
        let expected = format!(
            "CONFIG_ERROR (1002): line 1: max_amount is `{value}`; expected a whole number from 1 to 9223372036854775807"
        );
        assert_eq!(refused(&format!("max_amount = {value}")), expected);
    }
}

/// `schema.json` is for people and other languages to read, and shows when the schema changes.
/// After a change on purpose, run this test with `UPDATE_GOLDEN=1`.
#[test]
fn the_schema_is_the_golden_one() {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(golden, SCHEMA.json).expect("the source folder is writable");
    }
    let text = std::fs::read_to_string(golden).expect("schema.json is part of the sources");
    assert_eq!(text, SCHEMA.json);
}
