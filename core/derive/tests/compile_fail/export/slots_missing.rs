use statevec_abi::prelude::*;

struct Noop;

fn main() {
    let _ = static_plugin!(Noop);
}
