use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 192)]
struct Account {
    balance: i64,
}

fn main() {}
