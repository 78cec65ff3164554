//! A plugin that makes one host call.

use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, StaticPlugin, Tx},
    static_plugin,
};

/// Makes one host call, and passes its failure on.
struct DebugLogger;

pub(super) const DEBUG_LOGGER: StaticPlugin = static_plugin!(DebugLogger, slots = 64);

impl Plugin for DebugLogger {
    fn name() -> &'static str {
        "debug logger"
    }

    fn schema() -> &'static str {
        "{}"
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        tx.log(format_args!("anything"))
    }
}
