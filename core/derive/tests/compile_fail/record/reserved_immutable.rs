use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    #[field(reserved, immutable)]
    spare: u32,
}

fn main() {}
