use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 0)]
struct Deposit {
    amount: u64,
}

fn main() {}
