//! One of everything.

#![forbid(unsafe_code)]
#![deny(missing_docs, unused, unreachable_pub, rust_2018_idioms, clippy::all)]

use statevec_abi::typed::{Command, EnumU8, Event, FixedBytes, Record};

/// Enums elsewhere, to be named by a path.
pub(crate) mod deep {
    /// Not in the schema's list of types.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, statevec_abi::typed::EnumU8)]
    #[repr(u8)]
    pub(crate) enum Far {
        /// Zero is a value like any other.
        A = 0,
        /// And so is nine.
        B = 9,
    }
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
pub(crate) enum Side {
    /// In.
    Buy = 1,
    /// Out.
    Sell = 2,
}

/// Sorts before `Side`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
pub(crate) enum Alpha {
    /// The least.
    Z = 0,
    /// The greatest.
    Y = 255,
}

/// Every field type, in a key where keys allow it.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(kind = 9, len = 128, pk(side, id, low, alpha, open, small, short, word, lower, name))]
pub(crate) struct Everything {
    /// Documented here, and therefore at its getters.
    #[field(immutable)]
    pub(crate) id: u64,
    #[field(immutable)]
    pub(crate) open: bool,
    #[field(immutable)]
    pub(crate) small: u8,
    #[field(immutable)]
    pub(crate) short: u16,
    #[field(immutable)]
    pub(crate) word: u32,
    #[field(immutable)]
    pub(crate) low: i32,
    #[field(immutable)]
    pub(crate) lower: i64,
    pub(crate) wide: u128,
    #[field(reserved)]
    pub(crate) spare: FixedBytes<3>,
    #[field(immutable)]
    pub(crate) name: FixedBytes<16>,
    #[field(immutable)]
    pub(crate) side: Side,
    pub(crate) far: deep::Far,
    #[field(immutable)]
    pub(crate) alpha: Alpha,
    #[field(reserved)]
    pub(crate) later: u32,
    pub(crate) amount: i64,
    pub(crate) label: FixedBytes<4>,
    pub(crate) flag: bool,
}

/// No key, and a number by its full path.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(kind = 2, len = 64)]
pub(crate) struct Bare {
    pub(crate) amount: core::primitive::u64,
}

/// What a bank needs.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(kind = 1, len = 64, pk(account_id))]
pub(crate) struct Account {
    #[field(immutable)]
    pub(crate) account_id: u64,
    pub(crate) balance: i64,
    pub(crate) side: Side,
}

/// Variable bytes between fixed ones.
#[derive(Debug, Clone, PartialEq, Command)]
#[command(kind = 200)]
pub(crate) struct Note<'a> {
    pub(crate) id: u64,
    pub(crate) text: &'a [u8],
    pub(crate) side: Side,
    pub(crate) name: FixedBytes<7>,
    pub(crate) more: &'a [u8],
    pub(crate) open: bool,
}

/// Every fixed type.
#[derive(Debug, Clone, PartialEq, Command)]
#[command(kind = 3)]
pub(crate) struct Fixed {
    pub(crate) id: core::primitive::u64,
    pub(crate) wide: u128,
    pub(crate) low: i32,
    pub(crate) name: FixedBytes<5>,
    pub(crate) far: deep::Far,
    pub(crate) open: bool,
    pub(crate) small: u8,
    pub(crate) short: u16,
    pub(crate) word: u32,
    pub(crate) lower: i64,
}

/// No fields at all.
#[derive(Debug, Clone, PartialEq, Command)]
#[command(kind = 4)]
pub(crate) struct Tick;

/// An event of variable length.
#[derive(Debug, Clone, PartialEq, Event)]
#[event(kind = 7, max_len = 40)]
pub(crate) struct Noted<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) id: u64,
}

/// An event of fixed length.
#[derive(Debug, Clone, PartialEq, Event)]
#[event(kind = 1)]
pub(crate) struct Changed {
    pub(crate) id: u64,
    pub(crate) to: i64,
}

statevec_abi::schema! {
    /// The lists are out of order on purpose.
    pub(crate) const SCHEMA = {
        types: [Side, Alpha],
        unlisted: [deep::Far],
        version: "2.7",
        commands: [Note, Tick, Fixed],
        records: [Everything, Bare, Account],
        events: [Noted, Changed],
    };
}

/// Values that tell one field from another.
pub(crate) fn everything() -> Everything {
    Everything {
        id: 0x0102_0304_0506_0708,
        open: true,
        small: 7,
        short: 0x1122,
        word: 0x3344_5566,
        low: -5,
        lower: i64::MIN + 3,
        wide: 1 << 100,
        spare: FixedBytes::EMPTY,
        name: b"hello".into(),
        side: Side::Sell,
        far: deep::Far::B,
        alpha: Alpha::Y,
        later: 0,
        amount: -1,
        label: b"four".into(),
        flag: true,
    }
}
