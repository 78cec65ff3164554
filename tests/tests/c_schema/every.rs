//! A schema with every type of field.

use statevec_abi::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
pub(crate) enum Colour {
    Red = 1,
    Blue = 255,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Record)]
#[record(kind = 7, len = 128, pk(wide, name, signed, flag, short, class))]
pub(crate) struct Every {
    #[field(immutable)]
    pub(crate) name: FixedBytes<5>,
    #[field(immutable)]
    pub(crate) flag: bool,
    pub(crate) small: u8,
    #[field(immutable)]
    pub(crate) short: u16,
    pub(crate) int: u32,
    #[field(reserved)]
    pub(crate) reserved: u16,
    pub(crate) long: u64,
    #[field(immutable)]
    pub(crate) signed: i32,
    #[field(immutable)]
    pub(crate) wide: i64,
    pub(crate) huge: u128,
    /// A word of C++.
    #[field(immutable)]
    pub(crate) class: Colour,
}

impl Every {
    /// The offset of `class`, the last field.
    pub(crate) const CLASS_AT: usize = 7 + 1 + 1 + 2 + 4 + 2 + 8 + 4 + 8 + 16;
    /// The bytes of the fields.
    pub(crate) const END: usize = Self::CLASS_AT + 1;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Command)]
#[command(kind = 200)]
pub(crate) struct Send<'a> {
    pub(crate) note: &'a [u8],
    pub(crate) name: FixedBytes<5>,
    pub(crate) flag: bool,
    pub(crate) huge: u128,
    pub(crate) class: Colour,
}

schema! {
    pub(crate) const SCHEMA = {
        version: "3.1", records: [Every], commands: [Send], events: [], types: [Colour],
    };
}
