use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 7)]
struct Deposit {
    amount: u64,
}

fn run<'tx>(tx: &mut Tx<'tx>, command: RuntimeCommandRef<'_>) -> Result<(), Rejected<'tx>> {
    statevec_abi::dispatch!(tx, match command {
        Deposit(_) => Ok(()),
        _ => Ok(()),
    })
}

fn main() {}
