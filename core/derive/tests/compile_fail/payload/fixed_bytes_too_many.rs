use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1)]
struct Write<'a> {
    page: FixedBytes<65533>,
    text: &'a [u8],
}

#[derive(Event)]
#[event(kind = 1)]
struct Written {
    page: FixedBytes<65535>,
}

#[derive(Event)]
#[event(kind = 2, max_len = 65536)]
struct Noted<'a> {
    page: FixedBytes<65535>,
    text: &'a [u8],
}

fn main() {}
