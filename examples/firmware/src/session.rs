//! All commands of a script, run by one plugin and printed.

use core::{
    fmt::{self, Write},
    pin::pin,
};

use statevec_abi::{abi::RuntimeErrorBuf, fixed_store::FixedStore, host::HostGate, prelude::*};
use statevec_transcript as transcript;

use crate::{guest::Guest, script::Script};

/// Runs the commands on a new instance of the plugin, and prints outcomes, events and the digest of
/// the records. Calls `after_each` after each command.
///
/// # Errors
///
/// The plugin or its table cannot be used, the script is malformed, `out` fails, or `after_each`
/// does.
pub fn run(
    plugin: &StaticPlugin,
    store: FixedStore<'static>,
    commands: Script<'_>,
    out: &mut impl Write,
    mut after_each: impl FnMut() -> fmt::Result,
) -> fmt::Result {
    let mut error = RuntimeErrorBuf::cleared();
    let gate = pin!(HostGate::new());
    let mut guest = Guest::new(plugin, gate, store, &mut error).ok_or(fmt::Error)?;
    transcript::plugin(out, plugin.name())?;
    for command in commands {
        let command = command.map_err(|_| fmt::Error)?;
        transcript::outcome(out, command.ext_seq(), guest.run(&command))?;
        for event in guest.store.events() {
            transcript::event(out, event.kind, event.payload)?;
        }
        after_each()?;
    }
    transcript::invariants(out, guest.runtime.validate_biz_invariants(&guest.store))?;
    transcript::digest(out, guest.store.digest())
}
