#![no_std]
#![no_main]
//! Firmware with two plugins: runs the commands in the image, and prints their outcomes.

use statevec_abi::{fixed_store::FixedStore, prelude::*};
use statevec_firmware::{
    board::{Console, entry, exit},
    plugins::{BANK, BANK_COMMANDS, BANK_RECORDS, TALLY, TALLY_COMMANDS, TALLY_RECORDS},
    session,
};

/// The plugins of this image. Nothing else tells them apart: no symbol, no linker section.
const PLUGINS: &[StaticPlugin] = &[BANK, TALLY];

#[entry]
fn main() -> ! {
    let stores = [
        ("bank", FixedStore::new(statevec_bank::SCHEMA.def, BANK_RECORDS.take()), BANK_COMMANDS),
        (
            "tally",
            FixedStore::new(statevec_tally::SCHEMA.def, TALLY_RECORDS.take()),
            TALLY_COMMANDS,
        ),
    ];
    let Ok(mut out) = Console::open() else { exit(2) };
    for (name, store, commands) in stores {
        let plugin = StaticPlugin::find(PLUGINS, name);
        let done = plugin
            .zip(store.ok())
            .map(|(plugin, store)| session::run(plugin, store, commands, &mut out, || Ok(())));
        if !matches!(done, Some(Ok(()))) {
            exit(1)
        }
    }
    exit(0)
}
