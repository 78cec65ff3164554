use statevec_abi::Command;

#[derive(Command)]
#[command(kind = 1)]
struct Note {
    text: VarBytes,
}

fn main() {}
