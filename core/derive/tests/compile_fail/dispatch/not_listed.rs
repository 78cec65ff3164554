use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1)]
struct Deposit {
    amount: u64,
}

#[derive(Command)]
#[command(kind = 2)]
struct Withdraw {
    amount: u64,
}

schema! {
    const SCHEMA = { version: "1.0", commands: [Deposit] };
}

fn run<'tx>(tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
    dispatch!(tx, match command {
        Deposit(_) => Ok(()),
        Withdraw(_) => Ok(()),
    }, schema = SCHEMA)
}

fn main() {
    let _ = run;
}
