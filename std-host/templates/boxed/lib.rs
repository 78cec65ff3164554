#![no_std]
#![forbid(unsafe_code)]
//! A StateVec plugin that allocates, behind the published traits: a shelf that holds pieces of items.
//!
//! `Put` lays pieces of an item on the shelf, `Take` takes some away, and each tells the new number
//! with a `Changed`. The configuration is the room for one item.

extern crate alloc;

mod schema;

pub use schema::{Changed, Put, SCHEMA, Stock, Take};

use alloc::{boxed::Box, format, string::String};

use statevec_abi::prelude::*;
use statevec_abi_alloc::{
    BizInvariantReadContext, InvariantReadContextExt, RuntimeCommandEnvelope, RuntimeHostContext,
    RuntimeHostContextExt, RuntimePlugin, RuntimePluginError, RuntimePluginFactory,
    RuntimePluginLoadError, SchemaRegistry,
};

/// Makes instances of the plugin.
#[derive(Debug)]
pub struct Factory;

impl RuntimePluginFactory for Factory {
    fn plugin_name(&self) -> &'static str {
        "@NAME@"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        SchemaRegistry::from_def(SCHEMA.def).expect("the derives keep the registry's rules")
    }

    /// The configuration is the most pieces of one item, or empty for 100.
    fn create(&self, config: &str) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
        let room = if config.trim().is_empty() { Ok(100) } else { config.trim().parse() };
        match room {
            Ok(room) => Ok(Box::new(Shelf { room })),
            Err(error) => Err(RuntimePluginLoadError::new(format!(
                "expected the room for one item, such as 100, and not `{config}`: {error}"
            ))),
        }
    }
}

/// The plugin. It keeps its configuration, and everything else in records.
struct Shelf {
    room: u32,
}

impl RuntimePlugin for Shelf {
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
        match command.command_kind() {
            Put::KIND => self.put(tx, &Put::decode(command.payload())?),
            Take::KIND => take(tx, &Take::decode(command.payload())?),
            kind => Err(RuntimePluginError::new(format!("unknown command kind {kind}"))),
        }
    }

    /// No item has more pieces than there is room.
    fn validate_biz_invariants(&self, state: &dyn BizInvariantReadContext) -> Result<(), String> {
        state.for_each_typed::<Stock, _, _>(|_, stock| {
            let (item, pieces) = (stock.item(), stock.pieces());
            if pieces <= self.room {
                return Ok(());
            }
            Err(format!("item {item} has {pieces}, and room for {}", self.room))
        })
    }
}

impl Shelf {
    fn put(&self, tx: &mut dyn RuntimeHostContext, put: &Put) -> Result<(), RuntimePluginError> {
        let &Put { item, pieces } = put;
        let now = tx.update_or_create_typed_by_pk(&Stock { item, pieces: 0 }, |stock| {
            let now = stock.pieces().checked_add(pieces).filter(|now| *now <= self.room)?;
            stock.set_pieces(now);
            Some(now)
        })?;
        match now {
            Some(pieces) => Ok(tx.emit_typed_event(&Changed { item, pieces })?),
            // The host undoes everything that a rejected command wrote.
            None => reject(format!("no room for {pieces} more of item {item}")),
        }
    }
}

fn take(tx: &mut dyn RuntimeHostContext, take: &Take) -> Result<(), RuntimePluginError> {
    let &Take { item, pieces } = take;
    let now = tx.update_typed_by_pk(Stock::pk(item), |stock| {
        let now = stock.pieces().checked_sub(pieces)?;
        stock.set_pieces(now);
        Some(now)
    })?;
    match now {
        Some(Some(pieces)) => Ok(tx.emit_typed_event(&Changed { item, pieces })?),
        Some(None) => reject(format!("item {item} has fewer than {pieces}")),
        None => reject(format!("there is no item {item}")),
    }
}

fn reject(reason: String) -> Result<(), RuntimePluginError> {
    Err(RuntimePluginError::new(reason))
}
