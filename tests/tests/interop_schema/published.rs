//! Every kind of declaration there is, in the published macros; `ours.rs` has the same in our
//! derives.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    rust_2018_idioms,
    clippy::all,
    reason = "what the published macros expand to is not ours to change"
)]

use statevec_published::prelude::*;

pub use schema::*;

pub mod elsewhere {
    use statevec_published::prelude::*;

    #[derive(EnumU8)]
    #[repr(u8)]
    pub enum Far {
        Zero = 0,
        Nine = 9,
    }
}

#[schema_module(version = "2.7")]
pub mod schema {
    use super::*;

    #[derive(EnumU8)]
    #[repr(u8)]
    pub enum Side {
        Buy = 1,
        Sell = 2,
    }

    #[derive(EnumU8)]
    #[repr(u8)]
    pub enum Edge {
        Low = 0,
        High = 255,
    }

    #[record(kind = 9, record_len = 128, pk(fields = [side, id, n, edge, b, small, short, word, low, code]))]
    pub struct Everything {
        #[field(index = 1, immutable)]
        pub id: u64,
        #[field(index = 2, immutable)]
        pub b: bool,
        #[field(index = 3, immutable)]
        pub small: u8,
        #[field(index = 4, immutable)]
        pub short: u16,
        #[field(index = 5, immutable)]
        pub word: u32,
        #[field(index = 6, immutable)]
        pub n: i32,
        #[field(index = 7, immutable)]
        pub low: i64,
        #[field(index = 8)]
        pub wide: u128,
        #[field(index = 9, reserved)]
        pub spare: FixedBytes<3>,
        #[field(index = 10, immutable)]
        pub code: FixedBytes<16>,
        #[field(index = 11, enum_u8, immutable)]
        pub side: Side,
        #[field(index = 12, enum_u8)]
        pub far: elsewhere::Far,
        #[field(index = 13, enum_u8, immutable)]
        pub edge: Edge,
        #[field(index = 14, reserved)]
        pub spare_number: u32,
        #[field(index = 15)]
        pub plain_i64: i64,
        #[field(index = 16)]
        pub plain_i32: i32,
        #[field(index = 17)]
        pub plain_bool: bool,
    }

    #[record(kind = 2, record_len = 64)]
    pub struct Keyless {
        #[field(index = 1)]
        pub value: core::primitive::u64,
    }

    #[record(kind = 255, record_len = 64, pk(fields = [a, b]))]
    pub struct TwoSigned {
        #[field(index = 1, immutable)]
        pub b: i64,
        #[field(index = 2)]
        pub value: u16,
        #[field(index = 3, immutable)]
        pub a: i32,
    }

    #[command(kind = 200)]
    pub struct Note {
        #[field(index = 1)]
        pub id: u64,
        #[field(index = 2)]
        pub text: VarBytes,
        #[field(index = 3, enum_u8)]
        pub side: Side,
        #[field(index = 4)]
        pub code: FixedBytes<7>,
        #[field(index = 5)]
        pub more: VarBytes,
        #[field(index = 6)]
        pub b: bool,
    }

    #[command(kind = 3)]
    pub struct Fixed {
        #[field(index = 1)]
        pub a: core::primitive::u64,
        #[field(index = 2)]
        pub b: u128,
        #[field(index = 3)]
        pub c: i32,
        #[field(index = 4)]
        pub d: FixedBytes<5>,
        #[field(index = 5, enum_u8)]
        pub e: elsewhere::Far,
        #[field(index = 6)]
        pub f: bool,
        #[field(index = 7)]
        pub g: u8,
        #[field(index = 8)]
        pub h: u16,
        #[field(index = 9)]
        pub i: u32,
        #[field(index = 10)]
        pub j: i64,
    }

    #[command(kind = 4)]
    pub struct Tick {}

    #[event(kind = 7)]
    pub struct Noted {
        #[field(index = 1)]
        pub text: VarBytes,
        #[field(index = 2)]
        pub id: u64,
    }

    #[event(kind = 1)]
    pub struct Changed {
        #[field(index = 1)]
        pub id: u64,
        #[field(index = 2)]
        pub to: i64,
        #[field(index = 3, enum_u8)]
        pub edge: Edge,
        #[field(index = 4)]
        pub wide: u128,
        #[field(index = 5)]
        pub code: FixedBytes<16>,
    }
}
