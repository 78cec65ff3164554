use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    balance: i64,
}

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Entry {
    amount: i64,
}

statevec_abi::schema! {
    const SCHEMA = {
        version: "1.0",
        records: [Account, Entry],
    };
}

fn main() {}
