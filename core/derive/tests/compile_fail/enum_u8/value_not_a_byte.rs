use statevec_abi::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
enum Side {
    Buy = 256,
    Sell = 1 + 1,
}

fn main() {}
