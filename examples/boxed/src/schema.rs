//! Records, commands and events of the inventory. Quantities are in pieces.

use statevec_abi::prelude::*;

/// The name of an item: up to 20 bytes, UTF-8 by custom.
pub type Name = FixedBytes<20>;

/// An item, and the number of its pieces.
#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 1, len = 64, pk(name))]
pub struct Item {
    /// Its name.
    #[field(immutable)]
    pub name: FixedBytes<20>,
    /// How many have come in.
    pub received: u64,
    /// How many have gone out.
    pub shipped: u64,
    /// How many are on the shelf.
    pub on_hand: u32,
}

/// Puts pieces of an item on the shelf. A new item is created.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 1)]
pub struct Receive {
    /// The item.
    pub name: FixedBytes<20>,
    /// How many.
    pub quantity: u32,
}

/// Takes pieces of an item off the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 2)]
pub struct Ship<'a> {
    /// The item.
    pub name: FixedBytes<20>,
    /// How many.
    pub quantity: u32,
    /// The customer's order, at most 40 bytes.
    pub order: &'a [u8],
}

/// A customer brings pieces of one item back, and gets as many of another.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 3)]
pub struct Exchange<'a> {
    /// The item that comes in.
    pub returned: FixedBytes<20>,
    /// The item that goes out.
    pub sent: FixedBytes<20>,
    /// How many of each.
    pub quantity: u32,
    /// The customer's order, at most 40 bytes.
    pub order: &'a [u8],
}

/// The number of pieces on the shelf has changed.
#[derive(Debug, Clone, PartialEq, Eq, Event)]
#[event(kind = 1, max_len = 72)]
pub struct StockChanged<'a> {
    /// The item.
    pub name: FixedBytes<20>,
    /// How many there are now.
    pub on_hand: u32,
    /// How many there were.
    pub before: u32,
    /// The order that it happened for; empty when there is none.
    pub order: &'a [u8],
}

schema! {
    /// The inventory's schema.
    pub const SCHEMA = {
        version: "1.0",
        records: [Item],
        commands: [Receive, Ship, Exchange],
        events: [StockChanged],
    };
}
