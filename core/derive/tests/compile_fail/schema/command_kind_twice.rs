use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 7)]
struct Deposit {
    amount: u64,
}

#[derive(Command)]
#[command(kind = 7)]
struct Note<'a> {
    text: &'a [u8],
}

statevec_abi::schema! {
    const SCHEMA = {
        version: "1.0",
        commands: [Deposit, Note],
    };
}

fn main() {}
