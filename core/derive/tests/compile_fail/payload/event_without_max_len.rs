use statevec_abi::Event;

#[derive(Event)]
#[event(kind = 1)]
struct Noted<'a> {
    text: &'a [u8],
}

fn main() {}
