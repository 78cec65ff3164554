use statevec_abi::prelude::*;

#[derive(Event)]
#[event(kind = 1)]
struct Noted {
    amount: u64,
}

mod other {
    #[derive(statevec_abi::typed::Event)]
    #[event(kind = 2)]
    pub struct Noted {
        amount: u64,
    }
}

statevec_abi::schema! {
    const SCHEMA = {
        version: "1.0",
        events: [Noted, other::Noted],
    };
}

fn main() {}
