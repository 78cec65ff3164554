use statevec_abi::prelude::*;

#[derive(Event)]
#[event(kind = 1)]
struct Deposited {
    amount: u64,
}

statevec_abi::schema! {
    const SCHEMA = {
        version: "1",
        events: [Deposited],
    };
}

fn main() {}
