//! A small plugin: the stock of items, by stock keeping unit.
//!
//! It exists three times: here, in `tests/published-plugin` with the published crates, and in
//! `examples/c-plugin` in C.
//! - `Register` adds an item with nothing in stock. The host refuses one that exists.
//! - `Receive` adds to an item, up to `max_on_hand` (configuration `max_on_hand=NUMBER`; 1000
//!   unless set).
//! - `Ship` takes away. It writes before it checks: the host must undo the write after a rejection.
//! - `Discontinue` removes an item of which nothing is left.
//! - Each emits one `StockChanged`. The invariant: no item is above the limit.
//!
//! Records and events hold all data of a command, its number and its time included, so that the
//! tests find values that were mixed up.

mod call;
mod commands;
mod schema;

pub use commands::{Sent, commands};
pub use schema::{Discontinue, Item, Reason, Receive, Register, SCHEMA, Ship, Sku, StockChanged};

use call::Call;
use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    dispatch,
    plugin::{Plugin, ReadContext, StaticPlugin, Tx},
    static_plugin,
};

/// The plugin, linked in.
pub const PLUGIN: StaticPlugin = static_plugin!(Inventory, slots = 16);

/// The plugin.
#[derive(Debug)]
pub struct Inventory {
    max_on_hand: u32,
}

impl Plugin for Inventory {
    fn name() -> &'static str {
        "inventory"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        let max_on_hand = match config.strip_prefix("max_on_hand=") {
            Some(number) => number.parse().ok(),
            None => config.is_empty().then_some(1_000),
        };
        match max_on_hand {
            Some(max_on_hand) => Ok(Self { max_on_hand }),
            None => {
                Err(error.config_error(format_args!("expected max_on_hand=NUMBER, got {config}")))
            }
        }
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let call = Call {
            max_on_hand: self.max_on_hand,
            ext_seq: command.ext_seq(),
            time_us: command.ref_ext_time_us(),
        };
        dispatch!(
            tx,
            match command {
                Register(register) => call.register(tx, register.sku),
                Receive(receive) => call.receive(tx, receive),
                Ship(ship) => call.ship(tx, ship),
                Discontinue(discontinue) => call.discontinue(tx, discontinue.sku),
            }
        )
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        let limit = self.max_on_hand;
        state.for_each(|state, item: Item| {
            let Item { sku, on_hand, .. } = item;
            if on_hand > limit {
                let sku = text(&sku);
                return Err(
                    state.reject(format_args!("{sku} has {on_hand}, above the limit of {limit}"))
                );
            }
            Ok(())
        })
    }
}

/// A SKU as text.
fn text(sku: &Sku) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(sku.as_slice())
}
