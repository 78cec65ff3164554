use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    name: FixedBytes<40>,
    balance: i64,
}

fn main() {}
