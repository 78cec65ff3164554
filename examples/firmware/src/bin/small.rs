#![no_std]
#![no_main]
//! A minimal host with one plugin, without texts of its own. The difference to `empty` is the size
//! of StateVec.

use core::{hint::black_box, pin::pin};

use statevec_abi::{abi::RuntimeErrorBuf, fixed_store::FixedStore, host::HostGate, prelude::*};
use statevec_firmware::{
    board::{entry, exit},
    guest::Guest,
    plugins::{TALLY, TALLY_COMMANDS, TALLY_RECORDS},
};
use statevec_tally::SCHEMA;

const PLUGINS: &[StaticPlugin] = &[TALLY];

#[entry]
fn main() -> ! {
    // Opaque, so that the compiler does not leave out code that this image does not need.
    let Some(plugin) = StaticPlugin::find(black_box(PLUGINS), "tally") else { exit(1) };
    let Ok(store) = FixedStore::new(black_box(&SCHEMA.def), TALLY_RECORDS.take()) else { exit(1) };
    let mut error = RuntimeErrorBuf::RESET;
    let gate = pin!(HostGate::new());
    let Some(mut guest) = Guest::new(plugin, gate, store, &mut error) else { exit(1) };
    let committed = TALLY_COMMANDS.flatten().filter(|command| guest.run(command).is_ok()).count();
    let valid = guest.runtime.validate_biz_invariants(&guest.store).is_ok();
    drop(guest);
    exit(if committed == 11 && valid { 0 } else { 1 })
}
