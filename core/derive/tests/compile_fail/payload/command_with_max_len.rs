use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1, max_len = 64)]
struct Deposit {
    amount: u64,
}

fn main() {}
