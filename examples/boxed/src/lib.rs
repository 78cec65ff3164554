#![no_std]
#![forbid(unsafe_code)]
//! A plugin that allocates: an inventory behind the published traits, with `String` reasons.
//!
//! It shows how a published plugin is ported: the traits and the logic are the published ones, and
//! the schema is declared with the derives. It needs a heap and no operating system, so it runs in
//! firmware too. New plugins that must also run where there is no heap are written like the bank.

extern crate alloc;

mod schema;
mod stock;

pub use schema::{Exchange, Item, ItemUpdate, ItemView, Name, Receive, SCHEMA, Ship, StockChanged};

use alloc::{boxed::Box, format, string::String};

use statevec_abi::prelude::*;
use statevec_abi_alloc::{
    BizInvariantReadContext, InvariantReadContextExt, RuntimeCommandEnvelope, RuntimeHostContext,
    RuntimePlugin, RuntimePluginError, RuntimePluginFactory, RuntimePluginLoadError,
    SchemaRegistry,
};

use stock::Movement;

/// Makes inventories.
#[derive(Debug)]
pub struct Factory;

impl RuntimePluginFactory for Factory {
    fn plugin_name(&self) -> &'static str {
        "inventory"
    }

    #[allow(
        clippy::expect_used,
        reason = "a declared schema keeps the registry's rules; a test makes sure"
    )]
    fn schema_registry(&self) -> SchemaRegistry {
        SchemaRegistry::from_def(SCHEMA.def).expect("the derives keep the registry's rules")
    }

    /// The configuration is the number of pieces of one item that the shelf holds; empty for no
    /// limit.
    fn create(&self, config: &str) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
        let capacity = match config.trim() {
            "" => Ok(u32::MAX),
            text => text.parse(),
        };
        match capacity {
            Ok(capacity) => Ok(Box::new(Inventory { capacity })),
            Err(error) => Err(RuntimePluginLoadError::new(format!(
                "expected the pieces of one item that the shelf holds, such as 1000, and not `{config}`: {error}"
            ))),
        }
    }
}

struct Inventory {
    /// The most pieces of one item.
    capacity: u32,
}

impl RuntimePlugin for Inventory {
    fn name(&self) -> &'static str {
        Factory.plugin_name()
    }

    fn schema_registry(&self) -> SchemaRegistry {
        Factory.schema_registry()
    }

    fn run_tx(
        &self,
        tx: &mut dyn RuntimeHostContext,
        command: &dyn RuntimeCommandEnvelope,
    ) -> Result<(), RuntimePluginError> {
        let payload = command.payload();
        match command.command_kind() {
            Receive::KIND => {
                let Receive { name, quantity } = Receive::decode(payload)?;
                self.take_in(tx, &Movement { name, quantity, order: b"" })
            }
            Ship::KIND => {
                let Ship { name, quantity, order } = Ship::decode(payload)?;
                stock::send_out(tx, &Movement { name, quantity, order })
            }
            Exchange::KIND => {
                let Exchange { returned, sent, quantity, order } = Exchange::decode(payload)?;
                self.take_in(tx, &Movement { name: returned, quantity, order })?;
                stock::send_out(tx, &Movement { name: sent, quantity, order })
            }
            kind => Err(RuntimePluginError::new(format!("unknown command kind {kind}"))),
        }
    }

    fn validate_biz_invariants(&self, state: &dyn BizInvariantReadContext) -> Result<(), String> {
        state.for_each_typed::<Item, _, _>(|_, item| {
            let (received, shipped, on_hand) = (item.received(), item.shipped(), item.on_hand());
            if received.checked_sub(shipped) == Some(on_hand.into()) {
                return Ok(());
            }
            let name = stock::shown(&item.name());
            Err(format!("{name}: {received} received, {shipped} shipped, and {on_hand} on hand"))
        })
    }
}
