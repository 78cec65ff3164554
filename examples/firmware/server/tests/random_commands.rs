//! Random commands on the fixed store and on the server's: the same outcomes, texts, events and
//! records after each.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::pin::pin;

use statevec_abi::{
    abi::RuntimeErrorBuf,
    fixed_store::{FixedMemory, FixedStore, record_size},
    host::{HostGate, PluginApi, PluginRuntime},
    prelude::*,
    schema::SchemaDef,
};
use statevec_bank::{Bank, Deposit, Transfer, Withdraw};
use statevec_host::{Engine, LoadedPlugin, Outcome};
use statevec_tally::{Close, Count, Open, Tally};

/// A generator of numbers that is the same everywhere (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)) % end
    }
}

/// A command's kind and payload.
type Command = (u8, Vec<u8>);

fn encoded<P: Payload>(command: &P) -> Command {
    let mut payload = vec![0; command.encoded_len()];
    command.encode(&mut payload).unwrap();
    (P::KIND, payload)
}

fn bank_command(random: &mut Random) -> Command {
    let (account_id, to, amount) = (random.below(7), random.below(7), random.below(40));
    match random.below(4) {
        0 => encoded(&Deposit { account_id, amount }),
        1 => encoded(&Withdraw { account_id, amount }),
        2 => encoded(&Transfer { from: account_id, to, amount }),
        // An unknown command, or one that is too short.
        kind => (kind as u8 * 2, vec![1; 9]),
    }
}

fn tally_command(random: &mut Random) -> Command {
    let name = FixedBytes::new(&[b'a'; 12][..random.below(5) as usize]).unwrap();
    let note = &[b'n'; 50][..random.below(50) as usize];
    match random.below(6) {
        0 | 1 => encoded(&Open { name }),
        2 => encoded(&Close { name }),
        _ => encoded(&Count { name, step: random.below(1 << 32) as u32 as i32, note }),
    }
}

/// The result of a command: its text, and the events.
type Result = (String, Vec<(u8, Vec<u8>)>);

fn compare(
    plugin: &StaticPlugin,
    schema: &'static SchemaDef<'static>,
    command: fn(&mut Random) -> Command,
    seed: u64,
) {
    let mut random = Random(seed);
    let mut memory: FixedMemory<16, 64, 256> = FixedMemory::new();
    assert!(record_size(schema) <= 64);
    let mut store = FixedStore::new(schema, &mut memory).unwrap();
    let (gate, mut error) = (pin!(HostGate::<FixedStore<'_>>::new()), RuntimeErrorBuf::RESET);
    let api = PluginApi::of_static(plugin).unwrap();
    let mut runtime = PluginRuntime::create(api, "", gate, &mut error).unwrap();
    let mut engine = Engine::create(&LoadedPlugin::from_static(plugin).unwrap(), "").unwrap();

    for ext_seq in 1..=300 {
        let (kind, payload) = command(&mut random);
        let command = RuntimeCommandRef::new(kind, ext_seq, random.below(1 << 50), &payload);

        let mut transaction = store.begin();
        let answer = runtime.run_tx(transaction.host(), &command);
        let text = answer.map_or_else(
            |failure| failure.to_string(),
            |()| {
                transaction.commit();
                String::new()
            },
        );
        let events = store.events().map(|event| (event.kind, event.payload.to_vec())).collect();
        let fixed: Result = (text, events);

        let server: Result = match engine.run(&command) {
            Outcome::Committed { events, .. } => {
                (String::new(), events.map(|event| (event.kind, event.payload.to_vec())).collect())
            }
            Outcome::Rejected(failure) | Outcome::Failed(failure) => {
                (failure.to_string(), Vec::new())
            }
            other @ Outcome::Duplicate { .. } => panic!("{other:?}"),
        };
        assert_eq!(fixed, server, "seed {seed}, command {ext_seq}");
        assert_eq!(store.digest(), engine.store().digest(), "seed {seed}, command {ext_seq}");
    }
    for record in schema.records {
        assert_eq!(store.next_sys_id(record.kind), engine.store().next_sys_id(record.kind));
        assert!(store.len(record.kind) > 0, "the commands were all refused");
    }
}

#[test]
fn bank_differs_between_firmware_and_server() {
    const BANK: StaticPlugin = static_plugin!(Bank, slots = 2);
    for seed in 0..20 {
        compare(&BANK, statevec_bank::SCHEMA.def, bank_command, seed);
    }
}

#[test]
fn tally_differs_between_firmware_and_server() {
    const TALLY: StaticPlugin = static_plugin!(Tally, slots = 2);
    for seed in 0..20 {
        compare(&TALLY, statevec_tally::SCHEMA.def, tally_command, seed);
    }
}
