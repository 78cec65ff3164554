use statevec_abi::prelude::*;

#[derive(Event)]
#[event(kind = 1, max_len = 9)]
struct Noted<'a> {
    account_id: u64,
    text: &'a [u8],
}

fn main() {}
