//! Every kind of declaration there is, in our derives; `published.rs` has the same in the published
//! macros.

use statevec_abi::{
    schema,
    typed::{Command, EnumU8, Event, FixedBytes, Record},
};

pub(crate) mod elsewhere {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, statevec_abi::typed::EnumU8)]
    #[repr(u8)]
    pub(crate) enum Far {
        Zero = 0,
        Nine = 9,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
pub(crate) enum Side {
    Buy = 1,
    Sell = 2,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
pub(crate) enum Edge {
    Low = 0,
    High = 255,
}

#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 9, len = 128, pk(side, id, n, edge, b, small, short, word, low, code))]
pub(crate) struct Everything {
    #[field(immutable)]
    pub(crate) id: u64,
    #[field(immutable)]
    pub(crate) b: bool,
    #[field(immutable)]
    pub(crate) small: u8,
    #[field(immutable)]
    pub(crate) short: u16,
    #[field(immutable)]
    pub(crate) word: u32,
    #[field(immutable)]
    pub(crate) n: i32,
    #[field(immutable)]
    pub(crate) low: i64,
    pub(crate) wide: u128,
    #[field(reserved)]
    pub(crate) spare: FixedBytes<3>,
    #[field(immutable)]
    pub(crate) code: FixedBytes<16>,
    #[field(immutable)]
    pub(crate) side: Side,
    pub(crate) far: elsewhere::Far,
    #[field(immutable)]
    pub(crate) edge: Edge,
    #[field(reserved)]
    pub(crate) spare_number: u32,
    pub(crate) plain_i64: i64,
    pub(crate) plain_i32: i32,
    pub(crate) plain_bool: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 2, len = 64)]
pub(crate) struct Keyless {
    pub(crate) value: core::primitive::u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 255, len = 64, pk(a, b))]
pub(crate) struct TwoSigned {
    #[field(immutable)]
    pub(crate) b: i64,
    pub(crate) value: u16,
    #[field(immutable)]
    pub(crate) a: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 200)]
pub(crate) struct Note<'a> {
    pub(crate) id: u64,
    pub(crate) text: &'a [u8],
    pub(crate) side: Side,
    pub(crate) code: FixedBytes<7>,
    pub(crate) more: &'a [u8],
    pub(crate) b: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 3)]
pub(crate) struct Fixed {
    pub(crate) a: core::primitive::u64,
    pub(crate) b: u128,
    pub(crate) c: i32,
    pub(crate) d: FixedBytes<5>,
    pub(crate) e: elsewhere::Far,
    pub(crate) f: bool,
    pub(crate) g: u8,
    pub(crate) h: u16,
    pub(crate) i: u32,
    pub(crate) j: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 4)]
pub(crate) struct Tick;

#[derive(Debug, Clone, PartialEq, Eq, Event)]
#[event(kind = 7, max_len = 512)]
pub(crate) struct Noted<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) id: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Event)]
#[event(kind = 1)]
pub(crate) struct Changed {
    pub(crate) id: u64,
    pub(crate) to: i64,
    pub(crate) edge: Edge,
    pub(crate) wide: u128,
    pub(crate) code: FixedBytes<16>,
}

schema! {
    /// All of it. `Far` is used, and absent from the types: its values are numbers to a host.
    pub(crate) const SCHEMA = {
        version: "2.7",
        records: [Everything, Keyless, TwoSigned],
        commands: [Note, Fixed, Tick],
        events: [Noted, Changed],
        types: [Side, Edge],
        unlisted: [elsewhere::Far],
    };
}
