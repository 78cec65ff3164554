use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
enum Account {
    Open,
}

fn main() {}
