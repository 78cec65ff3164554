use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1)]
struct Account {
    balance: i64,
}

fn main() {}
