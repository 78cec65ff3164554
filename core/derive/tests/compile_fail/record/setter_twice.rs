use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    x: u64,
    #[field(immutable)]
    set_x: u64,
    r#type: u8,
    set_type: u8,
}

fn main() {}
