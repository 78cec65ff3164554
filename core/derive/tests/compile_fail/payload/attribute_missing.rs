use statevec_abi::prelude::*;

#[derive(Event)]
struct Deposited {
    amount: u64,
}

fn main() {}
