use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1)]
struct Note<'a> {
    text: &'a str,
}

fn main() {}
