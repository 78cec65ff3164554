use statevec_abi::Command;

#[derive(Command)]
#[command(kind = 1)]
struct Note {
    text: &'static [u8],
}

fn main() {}
