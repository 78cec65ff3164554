//! The bank in its two forms gives the same outcomes, events and records: as a shared library, and
//! linked in.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails loudly")]

use std::collections::BTreeSet;

use statevec_abi::{boundary::RuntimeCommandRef, plugin::StaticPlugin, static_plugin};
use statevec_bank::{Account, BalanceChanged, Bank, Deposit, SCHEMA};
use statevec_host::{Engine, LoadedPlugin, harness::Harness, json};
use statevec_tests::beside;

const BANK: StaticPlugin = static_plugin!(Bank, slots = 8);

fn loaded() -> LoadedPlugin {
    let path = beside::library("statevec-bank-so").expect("the test binary has a place");
    // SAFETY: the library is the bank of this workspace, which keeps the contract (rule 6).
    unsafe { LoadedPlugin::open(path) }.expect("cargo built the bank beside this test")
}

fn linked() -> LoadedPlugin {
    LoadedPlugin::from_static(&BANK).expect("the bank is in order")
}

/// Runs `commands.jsonl`, and returns its outcomes as the command line prints them.
fn run_all(engine: &mut Engine) -> Vec<String> {
    let commands = std::fs::read_to_string(beside::source("examples/bank/commands.jsonl")).unwrap();
    let mut payload = Vec::new();
    let schema = engine.plugin().schema().clone();
    let writer = json::JsonWriter::new(&schema);
    let run_one = |(ext_seq, line): (u64, &str)| {
        payload.clear();
        let command = json::parse_command(&schema, line.as_bytes(), &mut payload).unwrap();
        let view = RuntimeCommandRef::new(command.kind, ext_seq, command.ref_ext_time_us, &payload);
        let outcome = &engine.run(&view);
        let mut line = String::new();
        writer.outcome(ext_seq, command.kind, outcome, &mut line);
        line
    };
    (1..).zip(commands.lines()).map(run_one).collect()
}

#[test]
fn library_and_linked_plugin_agree_on_everything() {
    let (library, static_) = (loaded(), linked());
    assert_eq!(library.name(), static_.name());
    assert_eq!(library.schema_json(), static_.schema_json());
    let mut by_library = Engine::create(&library, "").unwrap();
    let mut by_link = Engine::create(&static_, "").unwrap();
    assert_eq!(run_all(&mut by_library), run_all(&mut by_link));
    assert_eq!(by_library.store().image(), by_link.store().image());
    by_library.validate().unwrap();
    by_link.validate().unwrap();
}

#[test]
fn the_harness_runs_both_forms_alike() {
    let path = beside::library("statevec-bank-so").unwrap();
    // SAFETY: the library is the bank of this workspace, which keeps the contract (rule 6).
    let loaded = unsafe { Harness::loaded(path, "") }.unwrap();
    let forms = [loaded, Harness::linked(&BANK, "").unwrap()];
    for mut bank in forms {
        let committed = bank.run(&Deposit { account_id: 7, amount: 100 }).unwrap();
        let events = committed.events::<BalanceChanged>().unwrap();
        assert_eq!((committed.tx_seq, events.len(), events[0].balance), (1, 2, 100));
        let rejection = bank.expect_rejection(&Deposit { account_id: 7, amount: 0 });
        assert_eq!(rejection.message, "amount must be positive");
        assert_eq!(bank.get(Account::pk(7)).unwrap().map(|account| account.balance), Some(100));
        assert_eq!(bank.records::<Account>().unwrap().len(), 2);
        bank.check_invariants().unwrap();
    }
}

#[test]
fn every_rejection_of_the_bank_is_in_its_command_script() {
    let mut engine = Engine::create(&linked(), "").unwrap();
    let outcomes = run_all(&mut engine);
    assert!(outcomes.len() >= 200);
    let reason = |outcome: &String| {
        let (_, message) = outcome.split_once(r#""message":""#)?;
        // Texts differ by the numbers in them.
        Some(message.chars().filter(|c| !c.is_ascii_digit()).take_while(|c| *c != '"').collect())
    };
    let reasons: BTreeSet<String> = outcomes.iter().filter_map(reason).collect();
    let expected = [
        "account  cannot transfer to itself",
        "account  does not exist",
        "account  is the platform's own",
        "amount  is above the limit of ",
        "amount must be positive",
        "insufficient balance: account  has ,  is needed",
        "the balance of account  would overflow",
    ];
    assert_eq!(reasons, expected.map(String::from).into());
}

#[test]
fn schema_in_the_library_is_the_golden_file_and_parses_to_itself() {
    let golden = std::fs::read_to_string(beside::source("examples/bank/schema.json")).unwrap();
    let library = loaded();
    assert_eq!(library.schema_json(), golden);
    assert_eq!(SCHEMA.json, golden);
    assert_eq!(library.schema().to_idl_json(), golden);
}

#[test]
fn two_instances_of_one_library_do_not_share_records() {
    let library = loaded();
    let mut first = Engine::create(&library, "").unwrap();
    let second = Engine::create(&library, "max_amount = 1").unwrap();
    run_all(&mut first);
    assert!(second.store().is_empty());
    assert!(!first.store().is_empty());
}
