use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64, pk(account_id, account_id))]
struct Account {
    #[field(immutable)]
    account_id: u64,
}

fn main() {}
