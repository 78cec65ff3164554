use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account<T> {
    balance: T,
}

fn main() {}
