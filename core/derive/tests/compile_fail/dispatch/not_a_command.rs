use statevec_abi::prelude::*;

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    balance: i64,
}

fn run<'tx>(tx: &mut Tx<'tx>, command: RuntimeCommandRef<'_>) -> TxResult<'tx> {
    statevec_abi::dispatch!(tx, match command {
        Account(_) => Ok(()),
    })
}

fn main() {}
