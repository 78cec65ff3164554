#![no_std]
#![no_main]
//! Firmware with a heap and a boxed plugin: runs the commands in the image, and prints their
//! outcomes.
//!
//! After each command as many bytes of the heap are in use as before it; otherwise the image ends
//! with status 3. The last line tells how much heap the plugin needs.

extern crate alloc;

mod heap;

use core::{
    cell::Cell,
    fmt::{self, Write},
};

use alloc::boxed::Box;

// The allocator's critical sections.
#[cfg(target_arch = "arm")]
use cortex_m as _;

use statevec_abi::{
    fixed_store::{FixedMemory, FixedStore, record_size},
    prelude::*,
};
use statevec_abi_alloc::static_runtime_plugin;
use statevec_boxed::{Factory, SCHEMA};
use statevec_firmware::{
    board::{Console, entry, exit},
    script::Script,
    session,
};
use static_cell::ConstStaticCell;

const INVENTORY: StaticPlugin = static_runtime_plugin!(Box::new(Factory));

/// Memory for 16 items, and 128 bytes of events per command, which changes at most 2 of them.
static RECORDS: ConstStaticCell<FixedMemory<16, { record_size(SCHEMA.def) }, 128, 4, 1>> =
    ConstStaticCell::new(FixedMemory::new());

const COMMANDS: Script<'static> =
    Script::new(include_bytes!(concat!(env!("OUT_DIR"), "/inventory.script")));

#[entry]
fn main() -> ! {
    heap::init();
    let (Ok(mut out), Ok(store)) = (Console::open(), FixedStore::new(SCHEMA.def, RECORDS.take()))
    else {
        exit(2)
    };
    let in_use = Cell::new(None);
    let done = session::run(&INVENTORY, store, COMMANDS, &mut out, || {
        let used = heap::used();
        if in_use.replace(Some(used)).is_some_and(|before| before != used) {
            exit(3)
        }
        Ok(())
    });
    exit(if done.and_then(|()| report(&mut out, in_use.get())).is_ok() { 0 } else { 1 })
}

fn report(out: &mut Console, instance: Option<usize>) -> fmt::Result {
    let (instance, most, end) =
        (instance.unwrap_or_default(), heap::high_water_mark(), heap::used());
    writeln!(
        out,
        "heap: at most {most} bytes at once; {instance} between commands; {end} at the end"
    )
}
