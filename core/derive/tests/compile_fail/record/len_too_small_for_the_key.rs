use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64, pk(id))]
struct Account {
    name: FixedBytes<60>,
    #[field(immutable)]
    id: u64,
}

fn main() {}
