use statevec_abi::prelude::*;

#[derive(Record)]
struct Account {
    balance: i64,
}

fn main() {}
