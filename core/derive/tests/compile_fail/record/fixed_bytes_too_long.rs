use statevec_abi::{FixedBytes, Record};

#[derive(Record)]
#[record(kind = 1, len = 65536)]
struct Account {
    name: FixedBytes<65536>,
}

fn main() {}
