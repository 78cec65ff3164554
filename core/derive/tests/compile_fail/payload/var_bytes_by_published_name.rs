use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1)]
struct Note {
    text: VarBytes,
}

fn main() {}
