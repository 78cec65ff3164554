use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    rate: f64,
    name: String,
    id: [u8; 16],
    count: usize,
    pair: (u8, u8),
}

fn main() {}
