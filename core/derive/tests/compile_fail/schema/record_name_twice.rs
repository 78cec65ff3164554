use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    amount: u64,
}

mod other {
    #[derive(statevec_abi::typed::Record)]
    #[record(kind = 2, len = 64)]
    pub struct Account {
        amount: u64,
    }
}

statevec_abi::schema! {
    const SCHEMA = {
        version: "1.0",
        records: [Account, other::Account],
    };
}

fn main() {}
