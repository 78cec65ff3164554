use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Entry {
    amount: i64,
}

fn add<'tx>(tx: &mut Tx<'tx>) -> TxResult<'tx> {
    tx.update_or_create(&Entry { amount: 0 }, |entry| entry.set_amount(1))
}

fn main() {}
