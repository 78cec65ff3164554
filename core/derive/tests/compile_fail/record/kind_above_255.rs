use statevec_abi::Record;

#[derive(Record)]
#[record(kind = 256, len = 64)]
struct Account {
    balance: i64,
}

fn main() {}
