use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64, pk(spare))]
struct Account {
    #[field(reserved)]
    spare: u64,
}

fn main() {}
