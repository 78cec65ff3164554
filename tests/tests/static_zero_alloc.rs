//! A plugin that is linked in, on the fixed store: no command allocates, nor do create and destroy.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails loudly")]

use std::pin::pin;

use statevec_abi::{
    abi::{
        RuntimeErrorBuf, RuntimeErrorKind,
        runtime_error_kind::{HOST_REJECTED, INVALID_COMMAND, PLUGIN_REJECTED},
    },
    boundary::RuntimeCommandRef,
    fixed_store::{FixedMemory, FixedStore},
    host::{HostGate, PluginApi, PluginRuntime},
    plugin::StaticPlugin,
    static_plugin,
    typed::Command,
};
use statevec_bank::{Bank, Deposit, SCHEMA, Transfer, Withdraw};
use statevec_fixtures::counting::{Counting, allocations};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const BANK: StaticPlugin = static_plugin!(Bank, slots = 1);

/// The bank on a store in a fixed amount of memory.
struct Embedded<'m, 'g> {
    runtime: PluginRuntime<FixedStore<'m>, &'g mut HostGate<FixedStore<'m>>>,
    store: FixedStore<'m>,
}

impl Embedded<'_, '_> {
    /// The outcome of a command: the number of its events, or its error's kind.
    fn run<C: Command>(&mut self, command: &C) -> Result<usize, RuntimeErrorKind> {
        let mut payload = [0; 32];
        let len = command.encode(&mut payload).unwrap();
        self.run_raw(C::KIND, &payload[..len])
    }

    fn run_raw(&mut self, kind: u8, payload: &[u8]) -> Result<usize, RuntimeErrorKind> {
        let Self { runtime, store } = self;
        let mut transaction = store.begin();
        let answer =
            runtime.run_tx(transaction.host(), &RuntimeCommandRef::new(kind, 1, 0, payload));
        answer.map_err(|failure| failure.kind)?;
        transaction.commit();
        Ok(store.events().count())
    }
}

#[test]
fn no_command_of_a_linked_plugin_allocates() {
    let before = allocations();

    let mut memory: FixedMemory<8, 64, 512> = FixedMemory::new();
    let mut error = RuntimeErrorBuf::RESET;
    let gate = pin!(HostGate::new());
    let store = FixedStore::new(SCHEMA.def, &mut memory).unwrap();
    let api = PluginApi::of_static(&BANK).unwrap();
    let runtime = PluginRuntime::create(api, "max_amount = 500", gate, &mut error).unwrap();
    let mut bank = Embedded { runtime, store };

    // Creates, updates, events.
    assert_eq!(bank.run(&Deposit { account_id: 1, amount: 100 }), Ok(2));
    assert_eq!(bank.run(&Deposit { account_id: 2, amount: 50 }), Ok(2));
    assert_eq!(bank.run(&Transfer { from: 1, to: 2, amount: 30 }), Ok(2));
    // Rejections with and without numbers in them, one after writes.
    assert_eq!(bank.run(&Deposit { account_id: 1, amount: 0 }), Err(PLUGIN_REJECTED));
    assert_eq!(bank.run(&Withdraw { account_id: 1, amount: 71 }), Err(PLUGIN_REJECTED));
    assert_eq!(bank.run(&Transfer { from: 1, to: 9, amount: 1 }), Err(PLUGIN_REJECTED));
    // Malformed and unknown commands.
    assert_eq!(bank.run_raw(1, b"short"), Err(INVALID_COMMAND));
    assert_eq!(bank.run_raw(77, b""), Err(INVALID_COMMAND));
    // A store that is full: the host's own refusal, passed on.
    for account_id in 3..=7 {
        assert_eq!(bank.run(&Deposit { account_id, amount: 1 }), Ok(2));
    }
    assert_eq!(bank.run(&Deposit { account_id: 8, amount: 1 }), Err(HOST_REJECTED));
    bank.runtime.validate_biz_invariants(&bank.store).unwrap();
    bank.runtime.unload().unwrap();
    drop(bank);

    assert_eq!(allocations() - before, 0);
}
