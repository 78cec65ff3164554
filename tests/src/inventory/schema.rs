//! Records, commands and events of the inventory.

use statevec_abi::{
    schema,
    typed::{Command, EnumU8, Event, FixedBytes, Record},
};

/// A stock keeping unit: a short text.
pub type Sku = FixedBytes<12>;

/// An item with its stock.
#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 1, len = 64, pk(sku))]
pub struct Item {
    /// The item.
    #[field(immutable)]
    pub sku: FixedBytes<12>,
    /// How many.
    pub on_hand: u32,
    /// How many times that has changed.
    pub moves: u64,
    /// Reference time of the last change, in microseconds.
    pub moved_at_us: u64,
}

/// Adds an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Command)]
#[command(kind = 1)]
pub struct Register {
    /// The item.
    pub sku: FixedBytes<12>,
}

/// Adds to the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Command)]
#[command(kind = 2)]
pub struct Receive {
    /// Of which item.
    pub sku: FixedBytes<12>,
    /// How many.
    pub quantity: u32,
}

/// Takes from the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Command)]
#[command(kind = 3)]
pub struct Ship {
    /// Of which item.
    pub sku: FixedBytes<12>,
    /// How many.
    pub quantity: u32,
}

/// Removes an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Command)]
#[command(kind = 4)]
pub struct Discontinue {
    /// The item.
    pub sku: FixedBytes<12>,
}

/// The reason for a change of stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
pub enum Reason {
    /// The item is new.
    Registered = 1,
    /// Some came in.
    Received = 2,
    /// Some went out.
    Shipped = 3,
    /// The item is gone.
    Discontinued = 4,
}

/// The stock of an item changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Event)]
#[event(kind = 1)]
pub struct StockChanged {
    /// Of which item.
    pub sku: FixedBytes<12>,
    /// To what.
    pub on_hand: u32,
    /// The reason.
    pub reason: Reason,
    /// Number of the command that did it.
    pub ext_seq: u64,
}

schema! {
    /// The inventory's schema.
    pub const SCHEMA = {
        version: "1.0",
        records: [Item],
        commands: [Register, Receive, Ship, Discontinue],
        events: [StockChanged],
        types: [Reason],
    };
}
