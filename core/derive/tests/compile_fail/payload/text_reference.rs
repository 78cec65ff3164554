use statevec_abi::Command;

#[derive(Command)]
#[command(kind = 1)]
struct Note<'a> {
    text: &'a str,
}

fn main() {}
