use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1)]
struct Note {
    text: Vec<u8>,
}

fn main() {}
