use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account(u64, i64);

fn main() {}
