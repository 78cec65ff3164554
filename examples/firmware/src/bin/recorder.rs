#![no_std]
#![no_main]
//! Runs the same commands as the firmware, and records them: `PLUGIN.txlog` holds every entry, and
//! `PLUGIN-recent.txlog` the last ones, which the image kept in memory.

use core::{ffi::CStr, fmt::Write as _, pin::pin};

use statevec_abi::{
    abi::RuntimeErrorBuf, fixed_store::FixedStore, host::HostGate, plugin::StaticPlugin,
    schema::SchemaDef,
};
use statevec_firmware::{
    board::{Console, entry, exit},
    guest::Guest,
    plugins::{BANK, BANK_COMMANDS, BANK_RECORDS, TALLY, TALLY_COMMANDS, TALLY_RECORDS},
    recorder::{HostFile, Recorder},
    script::Script,
};

#[entry]
fn main() -> ! {
    let (bank, tally) = (statevec_bank::SCHEMA.def, statevec_tally::SCHEMA.def);
    let bank_store = FixedStore::new(bank, BANK_RECORDS.take());
    let tally_store = FixedStore::new(tally, TALLY_RECORDS.take());
    let (Ok(bank_store), Ok(tally_store)) = (bank_store, tally_store) else { exit(1) };
    let files = [c"bank.txlog", c"bank-recent.txlog"];
    let done = record(&BANK, bank, bank_store, BANK_COMMANDS, files).and_then(|()| {
        let files = [c"tally.txlog", c"tally-recent.txlog"];
        record(&TALLY, tally, tally_store, TALLY_COMMANDS, files)
    });
    exit(if done.is_some() { 0 } else { 1 })
}

/// Records a run of a plugin; `None` if the plugin, the script or a file cannot be used.
fn record(
    plugin: &StaticPlugin,
    schema: &SchemaDef<'_>,
    store: FixedStore<'static>,
    commands: Script<'_>,
    [all, recent]: [&CStr; 2],
) -> Option<()> {
    let mut error = RuntimeErrorBuf::cleared();
    let gate = pin!(HostGate::new());
    let mut guest = Guest::new(plugin, gate, store, &mut error)?;
    let mut recorder = Recorder::begin(HostFile::create(all).ok()?, plugin.name(), schema).ok()?;
    for command in commands {
        recorder.run(&mut guest, &command.ok()?).ok()?;
    }
    recorder.write_recent(HostFile::create(recent).ok()?).ok()?;
    let (kept, whole) = (recorder.digest(), guest.store.digest());
    let mut out = Console::open().ok()?;
    writeln!(out, "{}: digest {kept} kept, {whole} of all records", plugin.name()).ok()?;
    (kept == whole).then_some(())
}
