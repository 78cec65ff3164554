//! The ledger's name with another schema.

use statevec_abi::{prelude::*, schema, static_plugin};
use statevec_host::LoadedPlugin;

#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 1, len = 64, pk(id))]
struct Item {
    #[field(immutable)]
    id: u64,
    value: u32,
    changes: u64,
}

schema! {
    const SCHEMA = { version: "1.1", records: [Item], commands: [], events: [] };
}

struct Ledger;

pub(crate) fn plugin() -> LoadedPlugin {
    LoadedPlugin::from_static(&static_plugin!(Ledger, slots = 8)).unwrap()
}

impl Plugin for Ledger {
    fn name() -> &'static str {
        "ledger"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        tx.create(&Item { id: 1, value: 1, changes: 0 }).map(drop)
    }
}
