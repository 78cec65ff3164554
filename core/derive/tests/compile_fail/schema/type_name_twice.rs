use statevec_abi::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
enum Side {
    Buy = 1,
}

mod other {
    #[derive(Clone, Copy, PartialEq, Eq, statevec_abi::typed::EnumU8)]
    #[repr(u8)]
    pub enum Side {
        Left = 1,
    }
}

statevec_abi::schema! {
    const SCHEMA = {
        version: "1.0",
        types: [Side, other::Side],
    };
}

fn main() {}
