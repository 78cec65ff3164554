use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64, pk(account_id))]
struct Account {
    #[field(immutable)]
    account_id: u64,
    #[field(reserved)]
    spare: u32,
}

fn spare<'c>(state: &mut ReadContext<'c>) -> TxResult<'c, Option<u32>> {
    state.read(Account::pk(1), |account| account.spare())
}

fn main() {}
