use statevec_abi::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
enum Side {
    Buy = 1,
}

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    #[field(reserved)]
    side: Side,
}

fn main() {}
