use statevec_abi::prelude::*;

#[derive(Record)]
#[record(len = 64)]
struct Account {
    balance: i64,
}

fn main() {}
