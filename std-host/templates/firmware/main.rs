#![no_std]
#![no_main]
//! The plugin in firmware: two commands run, and their outcomes are printed through the debugger.

use core::{fmt::Write as _, panic::PanicInfo, pin::pin};

use cortex_m_rt::entry;
use semihosting::{io, process};
use statevec_abi::{
    abi::RuntimeErrorBuf,
    fixed_store::{FixedMemory, FixedStore, record_size},
    host::{HostGate, PluginApi, PluginRuntime},
    prelude::*,
};
use static_cell::ConstStaticCell;

use @IDENT@::{Put, SCHEMA, Shelf, Take};

const PLUGIN: StaticPlugin = static_plugin!(Shelf, slots = 1);

/// Memory for 32 records, and 64 bytes of events per command.
static RECORDS: ConstStaticCell<FixedMemory<32, { record_size(SCHEMA.def) }, 64>> =
    ConstStaticCell::new(FixedMemory::new());

#[entry]
fn main() -> ! {
    process::exit(if run().is_some() { 0 } else { 1 })
}

fn run() -> Option<()> {
    let mut out = Console(io::stdout().ok()?);
    let mut store = FixedStore::new(SCHEMA.def, RECORDS.take()).ok()?;
    let mut error = RuntimeErrorBuf::cleared();
    let gate = pin!(HostGate::new());
    let api = PluginApi::of_static(&PLUGIN).ok()?;
    let mut runtime = PluginRuntime::create(api, "", gate, &mut error).ok()?;

    let mut payload = [0; 16];
    let len = Put { item: 7, pieces: 60 }.encode(&mut payload).ok()?;
    let put = RuntimeCommandRef::new(Put::KIND, 1, 0, payload.get(..len)?);
    let mut transaction = store.begin();
    runtime.run_tx(transaction.host(), &put).ok()?;
    transaction.commit();
    writeln!(out, "1 committed, {} event", store.events().count()).ok()?;

    let mut payload = [0; 16];
    let len = Take { item: 7, pieces: 61 }.encode(&mut payload).ok()?;
    let take = RuntimeCommandRef::new(Take::KIND, 2, 0, payload.get(..len)?);
    let mut transaction = store.begin();
    // The transaction is dropped, and so undone.
    let refused = runtime.run_tx(transaction.host(), &take).err()?;
    writeln!(out, "2 {refused}").ok()
}

struct Console(io::Stdout);

impl core::fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        io::Write::write_all(&mut self.0, text.as_bytes()).map_err(|_| core::fmt::Error)
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    process::exit(101)
}
