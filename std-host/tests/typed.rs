//! Typed commands, events and records of an engine.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

use std::sync::Arc;

use statevec_abi::prelude::*;
use statevec_host::{
    Engine, LoadedPlugin,
    durable::{DataDirectory, DurableEngine, DurableOptions},
    storage::FileSystem,
    typed::TypedError,
};

#[derive(Debug, PartialEq, Record)]
#[record(kind = 1, len = 64, pk(owner, id), range_scan)]
struct Order {
    #[field(immutable)]
    owner: i32,
    #[field(immutable)]
    id: u64,
    placed_at_us: u64,
}

#[derive(Debug, PartialEq, Record)]
#[record(kind = 2, len = 64, pk(id))]
struct Unordered {
    #[field(immutable)]
    id: u64,
}

#[derive(Debug, PartialEq, Record)]
#[record(kind = 3, len = 64, pk(id), range_scan)]
struct Forgotten {
    #[field(immutable)]
    id: u64,
}

#[derive(Command)]
#[command(kind = 1)]
struct Place {
    owner: i32,
    id: u64,
}

#[derive(Command)]
#[command(kind = 2)]
struct Panic {}

#[derive(Debug, PartialEq, Event)]
#[event(kind = 1)]
struct Placed {
    id: u64,
}

schema! {
    const SCHEMA = {
        version: "1.0", records: [Order, Unordered], commands: [Place, Panic], events: [Placed],
    };
}

struct Orders;

impl Plugin for Orders {
    fn name() -> &'static str {
        "orders"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let placed_at_us = command.ref_ext_time_us();
        dispatch!(
            tx,
            match command {
                Place(Place { owner, id }) => {
                    if id == 0 {
                        return Err(tx.reject(format_args!("order 0 does not exist")));
                    }
                    tx.create(&Order { owner, id, placed_at_us })?;
                    tx.emit(&Placed { id })
                }
                Panic(_) => panic!("as told"),
            }
        )
    }
}

fn plugin() -> LoadedPlugin {
    const ORDERS: StaticPlugin = static_plugin!(Orders, slots = 16);
    LoadedPlugin::from_static(&ORDERS).unwrap()
}

/// Orders of three owners, one with a negative number.
fn engine() -> Engine {
    let mut engine = Engine::create(&plugin(), "").unwrap();
    for (owner, id) in [(2, 1), (-1, 9), (2, 7), (1, 3), (2, 300), (-1, 4)] {
        engine.run_typed(&Place { owner, id }).unwrap();
    }
    engine
}

fn ids<E: std::fmt::Debug>(found: impl Iterator<Item = Result<(u64, Order), E>>) -> Vec<u64> {
    found.map(|order| order.unwrap().1.id).collect()
}

#[test]
fn a_range_of_keys_has_records_outside_or_out_of_order() {
    let engine = engine();
    let all = engine.range::<Order>(..).unwrap();
    assert_eq!(ids(all), [4, 9, 3, 1, 7, 300]);
    let of_2 = || engine.range(Order::pk(2, 0)..=Order::pk(2, u64::MAX)).unwrap();
    assert_eq!(ids(of_2()), [1, 7, 300]);
    assert_eq!(ids(of_2().rev().take(1)), [300]);
    assert_eq!(ids(engine.range(..Order::pk(1, 3)).unwrap()), [4, 9]);
    assert_eq!(ids(engine.records::<Order>().unwrap()), [1, 9, 7, 3, 300, 4]);
    let order = Order { owner: 1, id: 3, placed_at_us: 0 };
    assert_eq!(engine.get(Order::pk(1, 3)).unwrap(), Some(order));
}

#[test]
fn ranges_of_records_without_an_order_are_empty() {
    let engine = engine();
    let error = engine.range::<Unordered>(..).err().unwrap();
    assert_eq!(
        error.to_string(),
        "`Unordered` has no key ranges: add range_scan to #[record(…)], beside pk(…)"
    );
    let error = engine.range::<Forgotten>(..).err().unwrap();
    assert!(matches!(error, TypedError::Unlisted { name: "Forgotten", list: "records" }));
}

#[test]
fn a_number_that_was_used_runs_again() {
    let mut engine = engine();
    let tx_seq = engine.run_typed_at(&Place { owner: 5, id: 5 }, 40, 1_000).unwrap().tx_seq;
    assert_eq!(tx_seq, 7);
    let again = engine.run_typed_at(&Place { owner: 5, id: 6 }, 40, 1_000);
    assert!(matches!(again, Err(TypedError::Duplicate { last_ext_seq: 40 })));
    assert_eq!(engine.get(Order::pk(5, 6)).unwrap(), None);
    assert_eq!(engine.get(Order::pk(5, 5)).unwrap().unwrap().placed_at_us, 1_000);
    engine.run_typed_at(&Place { owner: 5, id: 6 }, u64::MAX, 0).unwrap();
    let end = engine.run_typed(&Place { owner: 5, id: 8 });
    assert!(matches!(end, Err(TypedError::Duplicate { last_ext_seq: u64::MAX })));
}

#[test]
fn a_durable_engine_gives_other_results_than_a_plain_one() {
    let folder = tempfile::tempdir().unwrap();
    let directory = DataDirectory::new(Arc::new(FileSystem), folder.path().join("data"));
    let open = || DurableEngine::open(&directory, &plugin(), DurableOptions::default()).unwrap();

    let mut durable = open();
    let placed = durable.run_typed(&Place { owner: 1, id: 1 }).unwrap();
    assert_eq!((placed.tx_seq, placed.event_count()), (1, 1));
    assert_eq!(placed.events::<Placed>().unwrap(), [Placed { id: 1 }]);
    let Err(TypedError::Rejected(rejected)) = durable.run_typed(&Place { owner: 1, id: 0 }) else {
        panic!("order 0 was placed")
    };
    assert_eq!(rejected.message, "order 0 does not exist");
    let again = durable.run_typed_at(&Place { owner: 1, id: 2 }, 2, 0);
    assert!(matches!(again, Err(TypedError::Duplicate { last_ext_seq: 2 })));
    let Err(TypedError::Failed(failed)) = durable.run_typed(&Panic {}) else {
        panic!("the panic passed")
    };
    assert_eq!((failed.kind.0, &*failed.message), (5001, "plugin panicked: as told"));
    let stopped = durable.run_typed(&Place { owner: 1, id: 2 });
    assert!(matches!(stopped, Err(TypedError::Durable(_))), "{stopped:?}");
    durable.sync().unwrap();
    drop(durable);

    let durable = open();
    assert_eq!(durable.position().entry, 3);
    assert_eq!(ids(durable.engine().range::<Order>(..).unwrap()), [1]);
}
