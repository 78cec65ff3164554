use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 65536)]
struct Account {
    name: FixedBytes<65536>,
}

fn main() {}
