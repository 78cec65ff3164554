use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64, pk(name))]
struct Account {
    #[field(immutable)]
    name: &'static [u8],
}

fn main() {}
