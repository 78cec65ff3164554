#![no_std]
#![no_main]
//! A minimal host with one plugin, without texts of its own. The difference to `empty` is the size
//! of StateVec.

use core::{hint::black_box, pin::pin};

use statevec_abi::{
    abi::RuntimeErrorBuf, fixed_store::FixedStore, host::HostGate, prelude::*, schema::SchemaDef,
};
use statevec_firmware::{
    board::{entry, exit},
    guest::Guest,
    plugins::{TALLY, TALLY_COMMANDS, TALLY_RECORDS},
};
use statevec_tally::SCHEMA;

const STORED: SchemaDef<'static> = SCHEMA.def.for_store();
const PLUGINS: &[StaticPlugin] = &[TALLY];

#[entry]
fn main() -> ! {
    exit(if run().is_some() { 0 } else { 1 })
}

/// Runs all commands; `None` if a part cannot be used, or their outcomes are not the expected ones.
fn run() -> Option<()> {
    // Opaque, so that the compiler does not leave out code that this image does not need.
    let plugin = StaticPlugin::find(black_box(PLUGINS), "tally")?;
    let store = FixedStore::new(black_box(&STORED), TALLY_RECORDS.take()).ok()?;
    let mut error = RuntimeErrorBuf::cleared();
    let gate = pin!(HostGate::new());
    let mut guest = Guest::new(plugin, gate, store, &mut error)?;
    let mut committed = 0;
    for command in TALLY_COMMANDS {
        committed += u32::from(guest.run(&command.ok()?).is_ok());
    }
    guest.runtime.validate_biz_invariants(&guest.store).ok()?;
    (committed == 11).then_some(())
}
