use statevec_abi::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, EnumU8)]
struct Side(u8);

fn main() {}
