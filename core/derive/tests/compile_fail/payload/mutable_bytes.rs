use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1)]
struct Note<'a> {
    text: &'a mut [u8],
}

fn main() {}
