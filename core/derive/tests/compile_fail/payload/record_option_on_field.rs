use statevec_abi::prelude::*;

#[derive(Command)]
#[command(kind = 1)]
struct Note {
    #[field(immutable)]
    account_id: u64,
    #[field(reserved)]
    spare: u64,
}

fn main() {}
