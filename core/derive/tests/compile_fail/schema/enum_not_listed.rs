use statevec_abi::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
enum State {
    Open = 1,
}

#[derive(Record)]
#[record(kind = 1, len = 64)]
struct Account {
    state: State,
}

schema! {
    const SCHEMA = { version: "1.0", records: [Account] };
}

fn main() {
    let _ = SCHEMA;
}
