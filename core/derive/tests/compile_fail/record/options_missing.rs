use statevec_abi::Record;

#[derive(Record)]
struct Account {
    balance: i64,
}

fn main() {}
