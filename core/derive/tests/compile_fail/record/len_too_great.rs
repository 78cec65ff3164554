use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 131072)]
struct Account {
    balance: i64,
}

fn main() {}
