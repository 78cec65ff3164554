use statevec_abi::prelude::*;

#[derive(Event)]
#[event(kind = 255)]
struct Opened {
    account_id: u64,
}

#[derive(Event)]
#[event(kind = 255)]
struct Closed {
    account_id: u64,
}

statevec_abi::schema! {
    const SCHEMA = {
        version: "1.0",
        events: [Opened, Closed],
    };
}

fn main() {}
