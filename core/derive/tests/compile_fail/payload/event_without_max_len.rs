use statevec_abi::prelude::*;

#[derive(Event)]
#[event(kind = 1)]
struct Noted<'a> {
    text: &'a [u8],
}

fn main() {}
