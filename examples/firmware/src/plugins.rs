//! The plugins of these images, the memory of their records, and their commands. An image links
//! only those that it names.

use statevec_abi::{
    fixed_store::{FixedMemory, record_size},
    prelude::*,
};
use static_cell::ConstStaticCell;

use crate::script::Script;

/// The bank.
#[cfg(not(feature = "no-schema-json"))]
pub const BANK: StaticPlugin = static_plugin!(statevec_bank::Bank, slots = 1);
/// The counters.
#[cfg(not(feature = "no-schema-json"))]
pub const TALLY: StaticPlugin = static_plugin!(statevec_tally::Tally, slots = 1);

/// The bank.
#[cfg(feature = "no-schema-json")]
pub const BANK: StaticPlugin = static_plugin!(statevec_bank::Bank, slots = 1, schema_json = none);
/// The counters.
#[cfg(feature = "no-schema-json")]
pub const TALLY: StaticPlugin =
    static_plugin!(statevec_tally::Tally, slots = 1, schema_json = none);

/// Memory for 32 accounts, and 128 bytes of events per command.
pub static BANK_RECORDS: ConstStaticCell<
    FixedMemory<32, { record_size(statevec_bank::SCHEMA.def) }, 128>,
> = ConstStaticCell::new(FixedMemory::new());
/// Memory for 8 counters, and 80 bytes of events per command, which changes at most 2 of them.
pub static TALLY_RECORDS: ConstStaticCell<
    FixedMemory<8, { record_size(statevec_tally::SCHEMA.def) }, 80, 2, 1>,
> = ConstStaticCell::new(FixedMemory::new());

/// The bank's commands, which build.rs put into the image.
pub const BANK_COMMANDS: Script<'static> =
    Script::new(include_bytes!(concat!(env!("OUT_DIR"), "/bank.script")));
/// The counters' commands.
pub const TALLY_COMMANDS: Script<'static> =
    Script::new(include_bytes!(concat!(env!("OUT_DIR"), "/tally.script")));
