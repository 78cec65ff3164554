//! The inventory's behaviour, tested through the harness.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

mod clumsy;

use statevec_abi::prelude::*;
use statevec_abi_alloc::{RuntimePluginFactory, static_runtime_plugin};
use statevec_boxed::{Exchange, Factory, Item, Name, Receive, SCHEMA, Ship, StockChanged};
use statevec_host::harness::{Harness, HarnessError};

const INVENTORY: StaticPlugin = static_runtime_plugin!(Box::new(Factory));

const BOLT: Name = named(b"M8 bolt");
const NUT: Name = named(b"M8 nut");

const fn named(name: &[u8]) -> Name {
    match FixedBytes::new(name) {
        Ok(name) => name,
        Err(_) => panic!("the name is too long"),
    }
}

/// An inventory of 100 bolts and 10 nuts.
fn stocked(config: &str) -> Harness {
    let mut inventory = Harness::linked(&INVENTORY, config).unwrap();
    for (name, quantity) in [(BOLT, 100), (NUT, 10)] {
        inventory.run(&Receive { name, quantity }).unwrap();
    }
    inventory
}

fn on_hand(inventory: &Harness, name: &Name) -> Option<u32> {
    inventory.get(Item::pk(name)).unwrap().map(|item| item.on_hand)
}

/// Rejects a command, and returns the reason.
fn reason<C: Command>(inventory: &mut Harness, command: &C) -> String {
    let failure = inventory.expect_rejection(command);
    assert_eq!(failure.kind.0, 2001);
    failure.message
}

#[test]
fn pieces_come_and_go() -> Result<(), HarnessError> {
    let mut inventory = stocked("");
    let committed = inventory.run(&Ship { name: BOLT, quantity: 30, order: b"A-17" })?;
    assert_eq!(
        committed.events::<StockChanged<'_>>()?,
        [StockChanged { name: BOLT, on_hand: 70, before: 100, order: b"A-17" }]
    );
    let expected = Item { name: BOLT, received: 100, shipped: 30, on_hand: 70 };
    assert_eq!(inventory.get(Item::pk(&BOLT))?, Some(expected));
    inventory.check_invariants()
}

#[test]
fn an_exchange_moves_both_items() -> Result<(), HarnessError> {
    let mut inventory = stocked("");
    let exchange = Exchange { returned: BOLT, sent: NUT, quantity: 4, order: b"B-2" };
    assert_eq!(inventory.run(&exchange)?.event_count(), 2);
    assert_eq!((on_hand(&inventory, &BOLT), on_hand(&inventory, &NUT)), (Some(104), Some(6)));
    inventory.check_invariants()
}

#[test]
fn an_exchange_that_fails_halfway_changes_nothing() {
    let mut inventory = stocked("");
    // The bolts are on the shelf again, and an event is out, when it shows that there are not as
    // many nuts.
    let exchange = Exchange { returned: BOLT, sent: NUT, quantity: 11, order: b"" };
    assert_eq!(reason(&mut inventory, &exchange), "M8 nut: 11 wanted, 10 on hand");
    // A new item is created, and is gone again.
    let washer = named(b"washer");
    let exchange = Exchange { returned: washer, sent: NUT, quantity: 11, order: b"" };
    assert_eq!(reason(&mut inventory, &exchange), "M8 nut: 11 wanted, 10 on hand");
    assert_eq!(on_hand(&inventory, &washer), None);
}

#[test]
fn what_cannot_be_done_is_rejected_with_its_reason() {
    let mut inventory = stocked("100");
    let ship = |name, quantity| Ship { name, quantity, order: b"" };
    let unknown = named("Müller".as_bytes());
    assert_eq!(reason(&mut inventory, &ship(unknown, 1)), "Müller: never heard of it");
    assert_eq!(reason(&mut inventory, &ship(NUT, 11)), "M8 nut: 11 wanted, 10 on hand");
    assert_eq!(reason(&mut inventory, &ship(NUT, 0)), "the quantity must be positive");
    assert_eq!(reason(&mut inventory, &ship(named(b""), 1)), "an item needs a name");
    let full = "M8 bolt: no room for 1 more, the shelf holds 100";
    assert_eq!(reason(&mut inventory, &Receive { name: BOLT, quantity: 1 }), full);
    let order = [b'x'; 41];
    let long = Ship { name: BOLT, quantity: 1, order: &order };
    assert_eq!(
        reason(&mut inventory, &long),
        "StockChanged takes 73 bytes, but there is room for 72 (an event's room is its max_len)"
    );
}

#[test]
fn a_configuration_that_is_no_number_is_refused() {
    let error = Harness::linked(&INVENTORY, "plenty").expect_err("plenty is no number");
    let source = std::error::Error::source(&error).expect("the plugin's own words");
    assert_eq!(
        source.to_string(),
        "CONFIG_ERROR (1002): expected the pieces of one item that the shelf holds, such as 1000, and not `plenty`: invalid digit found in string"
    );
}

#[test]
fn the_registry_writes_the_declared_schema() {
    assert_eq!(Factory.schema_registry().to_idl_json(), SCHEMA.json);
}
