use statevec_abi::prelude::*;

#[derive(Event)]
#[event(kind = 1, max_len = 64)]
struct Deposited {
    amount: u64,
}

fn main() {}
