use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    #[field(index = 1)]
    id: u64,
    #[field(enum_u8)]
    side: u8,
    #[field(key)]
    name: u8,
}

fn main() {}
