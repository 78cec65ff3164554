use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64, range_scan)]
struct Account {
    balance: i64,
}

fn main() {}
