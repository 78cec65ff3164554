#![no_std]
#![no_main]
//! Firmware with two plugins: runs the commands in the image, and prints what becomes of them.

use core::{fmt, pin::pin};

use statevec_abi::{RuntimeErrorBuf, StaticPlugin, fixed_store::FixedStore, host::HostGate};
use statevec_firmware::{
    board::{Console, entry, exit},
    guest::Guest,
    plugins::{BANK, BANK_COMMANDS, BANK_RECORDS, TALLY, TALLY_COMMANDS, TALLY_RECORDS},
    script::Script,
};
use statevec_transcript as transcript;

/// The plugins of this image. Nothing else tells them apart: no symbol, no linker section.
const PLUGINS: &[StaticPlugin] = &[BANK, TALLY];

#[entry]
fn main() -> ! {
    let stores = [
        ("bank", FixedStore::new(&statevec_bank::SCHEMA.def, BANK_RECORDS.take()), BANK_COMMANDS),
        (
            "tally",
            FixedStore::new(&statevec_tally::SCHEMA.def, TALLY_RECORDS.take()),
            TALLY_COMMANDS,
        ),
    ];
    let Ok(mut out) = Console::open() else { exit(2) };
    for (name, store, commands) in stores {
        let plugin = StaticPlugin::find(PLUGINS, name);
        let done =
            plugin.zip(store.ok()).map(|(plugin, store)| run(plugin, store, commands, &mut out));
        if !matches!(done, Some(Ok(()))) {
            exit(1)
        }
    }
    exit(0)
}

fn run(
    plugin: &StaticPlugin,
    store: FixedStore<'static>,
    commands: Script<'_>,
    out: &mut Console,
) -> fmt::Result {
    let mut error = RuntimeErrorBuf::RESET;
    let gate = pin!(HostGate::new());
    let mut guest = Guest::new(plugin, gate, store, &mut error).ok_or(fmt::Error)?;
    transcript::plugin(out, plugin.name())?;
    for command in commands {
        let command = command.map_err(|_| fmt::Error)?;
        transcript::outcome(out, command.ext_seq(), guest.run(&command))?;
        for event in guest.store.events() {
            transcript::event(out, event.kind, event.payload)?;
        }
    }
    transcript::invariants(out, guest.runtime.validate_biz_invariants(&guest.store))?;
    transcript::digest(out, guest.store.digest())
}
