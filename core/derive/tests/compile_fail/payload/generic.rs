use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1)]
struct Deposit<'a, T, const N: usize> {
    amount: T,
    note: &'a [u8],
}

fn main() {}
