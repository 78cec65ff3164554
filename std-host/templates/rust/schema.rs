//! Records, commands and events.

use statevec_abi::prelude::*;

/// The pieces of one item.
#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 1, len = 64, pk(item))]
pub struct Stock {
    /// The item.
    #[field(immutable)]
    pub item: u64,
    /// How many pieces there are.
    pub pieces: u32,
}

/// Lays pieces of an item on the shelf. The first ones make its record.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 1)]
pub struct Put {
    /// The item.
    pub item: u64,
    /// How many pieces.
    pub pieces: u32,
}

/// Takes pieces of an item away.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 2)]
pub struct Take {
    /// The item.
    pub item: u64,
    /// How many pieces.
    pub pieces: u32,
}

/// The number of pieces has changed.
#[derive(Debug, Clone, PartialEq, Eq, Event)]
#[event(kind = 1)]
pub struct Changed {
    /// The item.
    pub item: u64,
    /// How many pieces there are now.
    pub pieces: u32,
}

schema! {
    /// The plugin's schema.
    pub const SCHEMA = {
        version: "1.0",
        records: [Stock],
        commands: [Put, Take],
        events: [Changed],
    };
}
