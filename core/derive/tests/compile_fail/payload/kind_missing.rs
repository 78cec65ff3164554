use statevec_abi::Command;

#[derive(Command)]
#[command()]
struct Deposit {
    amount: u64,
}

fn main() {}
