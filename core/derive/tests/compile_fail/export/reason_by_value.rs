use statevec_abi::prelude::*;

fn check<'c>(state: &mut ReadContext<'c>) -> TxResult<'c> {
    Err(state.reject(7_u32))
}

fn main() {
    let _ = check;
}
