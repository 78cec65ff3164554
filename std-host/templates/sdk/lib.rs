#![no_std]
#![forbid(unsafe_code)]
//! A StateVec plugin: a shelf that holds pieces of items.
//!
//! `Put` lays pieces of an item on the shelf, `Take` takes some away, and each tells the new number
//! with a `Changed`. The configuration is the room for one item.

mod schema;

pub use schema::{Changed, Put, SCHEMA, Stock, Take};

use statevec_abi::prelude::*;

/// The plugin. It keeps its configuration, and everything else in records.
#[derive(Debug)]
pub struct Shelf {
    room: u32,
}

impl Plugin for Shelf {
    fn name() -> &'static str {
        "@NAME@"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    /// The configuration is the most pieces of one item, or empty for 100.
    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        let room = if config.trim().is_empty() { Ok(100) } else { config.trim().parse() };
        match room {
            Ok(room) => Ok(Self { room }),
            Err(_) => Err(error.config_error(format_args!(
                "expected the room for one item, such as 100, and not `{config}`"
            ))),
        }
    }

    #[inline]
    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Put(put) => self.put(tx, &put),
                Take(take) => self.take(tx, &take),
            },
            schema = SCHEMA
        )
    }

    /// No item has more pieces than there is room.
    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        state.for_each(|state, stock: Stock| {
            let Stock { item, pieces } = stock;
            if pieces <= self.room {
                return Ok(());
            }
            Err(state.reject(format_args!("item {item} has {pieces}, and room for {}", self.room)))
        })
    }
}

impl Shelf {
    fn put<'tx>(&self, tx: &mut Tx<'tx>, put: &Put) -> TxResult<'tx> {
        let &Put { item, pieces } = put;
        let now = tx.update_or_create(&Stock { item, pieces: 0 }, |stock| {
            let now = stock.pieces().checked_add(pieces).filter(|now| *now <= self.room)?;
            stock.set_pieces(now);
            Some(now)
        })?;
        match now {
            Some(pieces) => tx.emit(&Changed { item, pieces }),
            // The host undoes everything that a rejected command wrote.
            None => Err(tx.reject(format_args!("no room for {pieces} more of item {item}"))),
        }
    }

    fn take<'tx>(&self, tx: &mut Tx<'tx>, take: &Take) -> TxResult<'tx> {
        let &Take { item, pieces } = take;
        let now = tx.update(Stock::pk(item), |stock| {
            let now = stock.pieces().checked_sub(pieces)?;
            stock.set_pieces(now);
            Some(now)
        })?;
        match now {
            Some(Some(pieces)) => tx.emit(&Changed { item, pieces }),
            Some(None) => Err(tx.reject(format_args!("item {item} has fewer than {pieces}"))),
            None => Err(tx.reject(format_args!("there is no item {item}"))),
        }
    }
}
