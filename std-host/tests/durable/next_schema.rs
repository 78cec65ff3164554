//! The ledger with another schema: its values are narrower, and its items lie on shelves.

use statevec_abi::{prelude::*, schema, static_plugin};
use statevec_host::LoadedPlugin;

#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 1, len = 64, pk(id))]
pub(crate) struct Item {
    #[field(immutable)]
    pub(crate) id: u64,
    pub(crate) shelf: u16,
    pub(crate) value: u8,
    pub(crate) changes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 2, len = 64, pk(shelf))]
struct Shelf {
    #[field(immutable)]
    shelf: u16,
    items: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Event)]
#[event(kind = 2)]
pub(crate) struct Shelved {
    pub(crate) id: u64,
    pub(crate) shelf: u16,
}

schema! {
    const SCHEMA = { version: "2.0", records: [Item, Shelf], commands: [], events: [Shelved] };
}

struct Ledger;

pub(crate) fn plugin() -> LoadedPlugin {
    LoadedPlugin::from_static(&static_plugin!(Ledger, slots = 64)).unwrap()
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

    /// Puts an item on a shelf.
    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let id = u64::from_le_bytes(command.payload()[..8].try_into().unwrap());
        let shelf = u16::from(command.payload()[8]);
        tx.update_or_create(&Item { id, shelf, value: 0, changes: 0 }, |item| {
            item.set_shelf(shelf);
            item.set_changes(item.changes() + 1);
        })?;
        tx.update_or_create(&Shelf { shelf, items: 0 }, |shelf| {
            shelf.set_items(shelf.items() + 1);
        })?;
        tx.emit(&Shelved { id, shelf })
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        state.for_each(|state, item: Item| match item {
            Item { id, shelf: 13, .. } => {
                Err(state.reject(format_args!("item {id} lies on shelf 13")))
            }
            _ => Ok(()),
        })
    }
}
