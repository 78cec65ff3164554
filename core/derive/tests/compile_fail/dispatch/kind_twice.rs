use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 7)]
struct Deposit {
    amount: u64,
}

#[derive(Command)]
#[command(kind = 7)]
struct Note<'a> {
    text: &'a [u8],
}

fn run<'tx>(tx: &mut Tx<'tx>, command: RuntimeCommandRef<'_>) -> TxResult<'tx> {
    statevec_abi::dispatch!(tx, match command {
        Deposit(_) => Ok(()),
        Note(_) => Ok(()),
    })
}

fn main() {}
