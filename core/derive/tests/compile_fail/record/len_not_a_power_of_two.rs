use statevec_abi::Record;

#[derive(Record)]
#[record(kind = 1, len = 192)]
struct Account {
    balance: i64,
}

fn main() {}
