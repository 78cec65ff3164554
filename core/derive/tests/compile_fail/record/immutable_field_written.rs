use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64, pk(account_id))]
struct Account {
    #[field(immutable)]
    account_id: u64,
    balance: i64,
}

fn renumber<'tx>(tx: &mut Tx<'tx>) -> TxResult<'tx, Option<()>> {
    tx.update(Account::pk(1), |account| account.set_account_id(2))
}

fn main() {}
