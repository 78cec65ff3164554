use statevec_abi::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, EnumU8)]
enum Side {
    Buy = 1,
    Sell = 2,
}

fn main() {}
