use statevec_abi::prelude::*;

struct Money(i64);

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    balance: Money,
}

fn main() {}
