use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1)]
struct Deposit {
    amount: u64,
}

mod other {
    #[derive(statevec_abi::typed::Command)]
    #[command(kind = 2)]
    pub struct Deposit {
        amount: u64,
    }
}

statevec_abi::schema! {
    const SCHEMA = {
        version: "1.0",
        commands: [Deposit, other::Deposit],
    };
}

fn main() {}
