//! Comparisons of linked plugins: a slower one is found.
#![cfg(feature = "bench")]
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::{hint::black_box, time::Duration};

use statevec_abi::{plugin::StaticPlugin, prelude::*, schema, static_plugin};
use statevec_host::{
    LoadedPlugin,
    bench::{Workload, compare, measure},
};

#[derive(Record)]
#[record(kind = 1, len = 64, pk(id))]
struct Counter {
    #[field(immutable)]
    id: u64,
    value: u64,
}

#[derive(Command)]
#[command(kind = 1)]
struct Add {
    id: u64,
    text: FixedBytes<9>,
}

schema! {
    const SCHEMA = { version: "1.0", records: [Counter], commands: [Add], events: [] };
}

/// Spins so many times in each command.
struct Spinning<const TIMES: u64>;

impl<const TIMES: u64> Plugin for Spinning<TIMES> {
    fn name() -> &'static str {
        "spinning"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let value = (0..TIMES).fold(0_u64, |sum, step| black_box(sum.wrapping_add(step)));
        dispatch!(
            tx,
            match command {
                Add(Add { id, text }) => {
                    assert!(text.as_slice().iter().all(u8::is_ascii_lowercase));
                    tx.update_or_create(&Counter { id, value }, |counter| counter.set_value(id))
                }
            }
        )
    }
}

const FAST: StaticPlugin = static_plugin!(Spinning<10>, slots = 8);
const SLOW: StaticPlugin = static_plugin!(Spinning<20_000>, slots = 8);

#[test]
fn slower_plugin_is_found_whichever_comes_first() {
    let [fast, slow] = [FAST, SLOW].map(|plugin| LoadedPlugin::from_static(&plugin).unwrap());
    let workload = Workload::generate(fast.schema(), 200, 3).unwrap();
    let compared = compare((&fast, ""), (&slow, ""), &workload, Duration::ZERO).unwrap();
    assert!(compared.ratio > 1.5 && compared.is_significant(), "{compared:?}");
    let compared = compare((&slow, ""), (&fast, ""), &workload, Duration::ZERO).unwrap();
    assert!(compared.ratio < 0.7 && compared.is_significant(), "{compared:?}");
}

#[test]
fn quantiles_ascend_and_no_command_is_left_out() {
    let plugin = LoadedPlugin::from_static(&FAST).unwrap();
    let workload = Workload::generate(plugin.schema(), 50, 3).unwrap();
    assert_eq!(workload.len(), 50);
    assert_eq!(workload.iter().map(|command| command.ext_seq()).sum::<u64>(), 50 * 51 / 2);
    let measured = measure(&plugin, "", &workload, Duration::ZERO).unwrap();
    assert_eq!(measured.rounds(), 5);
    let quantiles = [0.0, 50.0, 90.0, 99.0, 100.0].map(|percent| measured.latency(percent));
    assert!(quantiles.is_sorted(), "{quantiles:?}");
    let [slowest, fastest] = measured.range();
    let median = measured.commands_per_second();
    assert!(slowest <= median && median <= fastest);
}
