use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    name: &'static [u8],
}

fn main() {}
