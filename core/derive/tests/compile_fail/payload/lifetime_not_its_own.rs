use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1)]
struct Note {
    text: &'static [u8],
}

fn main() {}
