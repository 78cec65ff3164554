//! The inventory's schema, in the published macros.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    rust_2018_idioms,
    clippy::all,
    clippy::expect_used,
    reason = "what the published macros expand to is not ours to change"
)]

use statevec_published::prelude::*;

pub use schema::Reason;

#[schema_module(version = "1.0")]
pub mod schema {
    use super::*;

    #[derive(EnumU8)]
    #[repr(u8)]
    pub enum Reason {
        Registered = 1,
        Received = 2,
        Shipped = 3,
        Discontinued = 4,
    }

    #[record(kind = 1, record_len = 64, pk(fields = [sku]))]
    pub struct Item {
        #[field(index = 1, immutable)]
        pub sku: FixedBytes<12>,
        #[field(index = 2)]
        pub on_hand: u32,
        #[field(index = 3)]
        pub moves: u64,
        #[field(index = 4)]
        pub moved_at_us: u64,
    }

    #[command(kind = 1)]
    pub struct Register {
        #[field(index = 1)]
        pub sku: FixedBytes<12>,
    }

    #[command(kind = 2)]
    pub struct Receive {
        #[field(index = 1)]
        pub sku: FixedBytes<12>,
        #[field(index = 2)]
        pub quantity: u32,
    }

    #[command(kind = 3)]
    pub struct Ship {
        #[field(index = 1)]
        pub sku: FixedBytes<12>,
        #[field(index = 2)]
        pub quantity: u32,
    }

    #[command(kind = 4)]
    pub struct Discontinue {
        #[field(index = 1)]
        pub sku: FixedBytes<12>,
    }

    #[event(kind = 1)]
    pub struct StockChanged {
        #[field(index = 1)]
        pub sku: FixedBytes<12>,
        #[field(index = 2)]
        pub on_hand: u32,
        #[field(index = 3, enum_u8)]
        pub reason: Reason,
        #[field(index = 4)]
        pub ext_seq: u64,
    }
}
