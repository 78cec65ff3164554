//! Our bank's shared library, run by a host that uses the published crates alone.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod bank;
mod host;

use std::{ffi::c_void, ptr};

use bank::{BalanceChanged, Deposit, Reason, Transfer, Withdraw};
use host::{Host, State};
use statevec_published::{
    api::{
        RUNTIME_PLUGIN_ABI_VERSION_V1, RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, RuntimeBytesRef,
        RuntimeCallStatus, RuntimeCommandView, RuntimeErrorBuf, RuntimeErrorKind,
        RuntimeErrorPhase, RuntimePluginApiV1, RuntimePluginEntryV1, runtime_bytes_slice,
        runtime_error_text,
    },
    prelude::*,
};
use statevec_tests::beside;

/// A failed call's phase, kind and text.
type Failure = (RuntimeErrorPhase, u16, String);

/// The bank and its records.
struct Bank {
    table: RuntimePluginApiV1,
    runtime: *mut c_void,
    host: Host,
}

fn table() -> RuntimePluginApiV1 {
    let path = beside::library("statevec-bank-so").unwrap();
    // SAFETY: the library has no initialisers but Rust's own (rule 6).
    let library = unsafe { libloading::Library::new(path) }.unwrap();
    // SAFETY: the symbol has this type, by the contract (rule 1).
    let entry = unsafe { library.get::<RuntimePluginEntryV1>(RUNTIME_PLUGIN_ENTRY_V1_SYMBOL) };
    // SAFETY: the entry function may be called at any time (rule 1).
    let table = unsafe { entry.unwrap()() };
    // The table's functions stay where they are (rule 6).
    std::mem::forget(library);
    table
}

fn text(bytes: RuntimeBytesRef) -> &'static str {
    // SAFETY: lives as long as the library, which stays mapped (rule 6).
    str::from_utf8(unsafe { runtime_bytes_slice(bytes) }.unwrap()).unwrap()
}

impl Bank {
    fn create(config: &str) -> Result<Self, Failure> {
        let table = table();
        // SAFETY: the function has this type by the contract, and may be called at any time (rule
        // 1).
        let schema = text(unsafe { (table.schema_bytes)() });
        let host = Host::new(SchemaRegistry::from_idl_json(schema).unwrap());
        let mut runtime = ptr::null_mut();
        let config = RuntimeBytesRef::from_slice(config.as_bytes());
        let out = &raw mut runtime;
        // SAFETY: the pointers are live for the call (rules 1 and 9).
        answer(|error| unsafe { (table.create_runtime)(config, out, error) })?;
        Ok(Self { table, runtime, host })
    }

    /// Runs a command, commits or undoes it, and returns its events.
    fn run<C: CommandSchema>(&self, payload: &[u8]) -> Result<Vec<(u8, Vec<u8>)>, Failure> {
        let before = State { events: Vec::new(), ..self.host.state() };
        self.host.restore(before.clone());
        let command = RuntimeCommandView {
            command_kind: C::KIND,
            ext_seq: 1,
            ref_ext_time_us: 77,
            payload: RuntimeBytesRef::from_slice(payload),
        };
        let (runtime, context) = (self.runtime, self.host.context());
        // SAFETY: the runtime lives, and so does the host (rules 5 and 7).
        let answer =
            answer(|error| unsafe { (self.table.run_tx)(runtime, context, command, error) });
        match answer {
            Ok(()) => Ok(self.host.state().events),
            Err(failure) => {
                self.host.restore(before);
                Err(failure)
            }
        }
    }

    fn validate(&self) -> Result<(), Failure> {
        let (runtime, context) = (self.runtime, self.host.read_context());
        // SAFETY: the runtime lives, and so does the host (rules 5 and 7).
        answer(|error| unsafe { (self.table.validate_biz_invariants)(runtime, context, error) })
    }

    fn deposit(&self, account_id: u64, amount: u64) -> Result<Vec<(u8, Vec<u8>)>, Failure> {
        let command = Deposit::builder().set_account_id(account_id).set_amount(amount);
        self.run::<Deposit>(&command.build())
    }

    fn balance(&self, account_id: u64) -> Option<i64> {
        let state = self.host.state();
        let mut accounts = state.records.values().map(|data| bank::Account::wrap(data));
        accounts.find(|account| account.account_id() == account_id).map(|account| account.balance())
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        // SAFETY: made by this table, and not used again (rule 7).
        unsafe { (self.table.destroy_runtime)(self.runtime) };
    }
}

fn answer(call: impl FnOnce(*mut RuntimeErrorBuf) -> RuntimeCallStatus) -> Result<(), Failure> {
    let (phase, kind) = (RuntimeErrorPhase::Load, RuntimeErrorKind(0));
    let mut error = RuntimeErrorBuf::new(phase, kind, RuntimeBytesRef::empty());
    match call(&raw mut error) {
        RuntimeCallStatus::Success => Ok(()),
        RuntimeCallStatus::Failure => Err((error.phase, error.kind.0, runtime_error_text(&error))),
    }
}

#[test]
fn the_bank_says_another_version_name_or_schema() {
    let table = table();
    assert_eq!(table.abi_version, RUNTIME_PLUGIN_ABI_VERSION_V1);
    // SAFETY: the function has this type by the contract, and may be called at any time (rule 1).
    assert_eq!(text(unsafe { (table.plugin_name)() }), "bank");
    // SAFETY: the function has this type by the contract, and may be called at any time (rule 1).
    assert_eq!(text(unsafe { (table.schema_bytes)() }), bank::idl_json());
}

#[test]
fn a_published_host_sees_other_records_or_events() {
    let bank = Bank::create("").unwrap();
    let events = bank.deposit(7, 100).unwrap();
    let state = bank.host.state();
    let account = bank::Account::wrap(&state.records[&(1, 1)]);
    assert_eq!((account.account_id(), account.changes()), (7, 1));
    assert_eq!(account.changed_at_us(), 77, "the command's time, and not its number");
    let [customer, platform] = events.as_slice() else { panic!("{events:?}") };
    let (customer, platform) =
        (BalanceChanged::wrap(&customer.1), BalanceChanged::wrap(&platform.1));
    assert_eq!((customer.account_id(), customer.delta(), customer.balance()), (7, 100, 100));
    assert_eq!((platform.account_id(), platform.delta(), platform.balance()), (0, -100, -100));
    assert_eq!(customer.reason(), Reason::Deposit);

    bank.deposit(8, 1).unwrap();
    let transfer = Transfer::builder().set_from(7).set_to(8).set_amount(40);
    assert_eq!(bank.run::<Transfer>(&transfer.build()).unwrap().len(), 2);
    let withdraw = Withdraw::builder().set_account_id(8).set_amount(41);
    bank.run::<Withdraw>(&withdraw.build()).unwrap();
    assert_eq!([0, 7, 8, 9].map(|id| bank.balance(id)), [Some(-60), Some(60), Some(0), None]);
    bank.validate().unwrap();
    // SAFETY: the handle was made by this table and is not destroyed yet (rule 7).
    answer(|error| unsafe { (bank.table.on_unload)(bank.runtime, error) }).unwrap();
}

#[test]
fn a_published_host_sees_another_failure() {
    let bank = Bank::create("max_amount = 1000").unwrap();
    bank.deposit(7, 100).unwrap();
    let before = bank.host.state();
    let run_tx = RuntimeErrorPhase::RunTx;

    let (phase, kind, reason) = bank.deposit(7, 1001).unwrap_err();
    assert_eq!((phase, kind, &*reason), (run_tx, 2001, "amount 1001 is above the limit of 1000"));
    let withdraw = Withdraw::builder().set_account_id(7).set_amount(101);
    let (phase, kind, reason) = bank.run::<Withdraw>(&withdraw.build()).unwrap_err();
    assert_eq!((phase, kind), (run_tx, 2001));
    assert!(reason.contains("insufficient balance"), "{reason}");
    // A payload that is too short for its command.
    let (phase, kind, _) = bank.run::<Transfer>(&[0; 23]).unwrap_err();
    assert_eq!((phase, kind), (run_tx, 2002));
    assert_eq!(State { events: before.events.clone(), ..bank.host.state() }, before);

    let Err((phase, kind, _)) = Bank::create("max_amount = -1") else { panic!("created") };
    assert_eq!((phase, kind), (RuntimeErrorPhase::Create, 1002));
}

#[test]
fn a_published_host_does_not_hear_of_a_broken_invariant() {
    let bank = Bank::create("").unwrap();
    bank.deposit(7, 100).unwrap();
    let mut state = bank.host.state();
    for data in state.records.values_mut() {
        bank::Account::wrap_update(data).set_balance(-5);
    }
    bank.host.restore(state);
    let (phase, kind, reason) = bank.validate().unwrap_err();
    assert_eq!((phase, kind), (RuntimeErrorPhase::ValidateBizInvariants, 2001));
    assert_eq!(reason, "account 7 has -5");
}
