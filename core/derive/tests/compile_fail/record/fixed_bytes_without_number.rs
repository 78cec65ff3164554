use statevec_abi::prelude::*;

const NAME_LEN: usize = 16;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    name: FixedBytes<NAME_LEN>,
    city: FixedBytes,
}

fn main() {}
