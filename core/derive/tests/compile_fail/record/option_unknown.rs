use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64, version = 2)]
struct Account {
    balance: i64,
}

fn main() {}
