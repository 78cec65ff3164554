use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 0, len = 64)]
struct Account {
    balance: i64,
}

fn main() {}
