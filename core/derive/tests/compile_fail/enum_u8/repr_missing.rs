use statevec_abi::EnumU8;

#[derive(Clone, Copy, PartialEq, Eq, EnumU8)]
enum Side {
    Buy = 1,
    Sell = 2,
}

fn main() {}
