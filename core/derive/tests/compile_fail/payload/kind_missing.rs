use statevec_abi::prelude::*;

#[derive(Command)]
#[command()]
struct Deposit {
    amount: u64,
}

fn main() {}
