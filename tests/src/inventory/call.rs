//! One command of the inventory.

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    boundary::{ErrorWritten, TxResult},
    plugin::Tx,
};

use super::{Item, Reason, Receive, Ship, Sku, StockChanged, schema::ItemUpdate, text};

pub(super) struct Call {
    pub(super) max_on_hand: u32,
    pub(super) ext_seq: u64,
    pub(super) time_us: u64,
}

impl Call {
    pub(super) fn register<'tx>(&self, tx: &mut Tx<'tx>, sku: Sku) -> TxResult<'tx> {
        tx.create(&Item { sku, on_hand: 0, moves: 0, moved_at_us: self.time_us })?;
        self.announce(tx, sku, 0, Reason::Registered)
    }

    pub(super) fn receive<'tx>(&self, tx: &mut Tx<'tx>, receive: Receive) -> TxResult<'tx> {
        let Receive { sku, quantity } = receive;
        positive(tx, quantity)?;
        let limit = self.max_on_hand;
        let received = tx.update(Item::pk(&sku), |item| {
            let on_hand = item.on_hand().checked_add(quantity);
            let on_hand = on_hand.filter(|&on_hand| on_hand <= limit)?;
            self.move_to(item, on_hand);
            Some(on_hand)
        })?;
        match received {
            Some(Some(on_hand)) => self.announce(tx, sku, on_hand, Reason::Received),
            Some(None) => {
                let sku = text(&sku);
                let more = format_args!("{quantity} more of {sku} is above the limit of {limit}");
                Err(tx.reject(more))
            }
            None => Err(absent(tx, &sku)),
        }
    }

    pub(super) fn ship<'tx>(&self, tx: &mut Tx<'tx>, ship: Ship) -> TxResult<'tx> {
        let Ship { sku, quantity } = ship;
        positive(tx, quantity)?;
        let shipped = tx.update(Item::pk(&sku), |item| {
            let before = item.on_hand();
            self.move_to(item, before.wrapping_sub(quantity));
            before.checked_sub(quantity).ok_or(before)
        })?;
        match shipped {
            Some(Ok(on_hand)) => self.announce(tx, sku, on_hand, Reason::Shipped),
            Some(Err(before)) => {
                let sku = text(&sku);
                Err(tx.reject(format_args!("{sku} has {before}, {quantity} are needed")))
            }
            None => Err(absent(tx, &sku)),
        }
    }

    pub(super) fn discontinue<'tx>(&self, tx: &mut Tx<'tx>, sku: Sku) -> TxResult<'tx> {
        match tx.read(Item::pk(&sku), |item| item.on_hand())? {
            Some(0) => {
                tx.delete(Item::pk(&sku))?;
                self.announce(tx, sku, 0, Reason::Discontinued)
            }
            Some(left) => {
                let sku = text(&sku);
                Err(tx.reject(format_args!("{sku} still has {left}")))
            }
            None => Err(absent(tx, &sku)),
        }
    }

    fn move_to(&self, item: &mut ItemUpdate<'_>, on_hand: u32) {
        item.set_on_hand(on_hand);
        item.set_moves(item.moves().wrapping_add(1));
        item.set_moved_at_us(self.time_us);
    }

    fn announce<'tx>(
        &self,
        tx: &mut Tx<'tx>,
        sku: Sku,
        on_hand: u32,
        reason: Reason,
    ) -> TxResult<'tx> {
        tx.emit(&StockChanged { sku, on_hand, reason, ext_seq: self.ext_seq })
    }
}

fn positive<'tx>(tx: &mut Tx<'tx>, quantity: u32) -> TxResult<'tx> {
    if quantity == 0 {
        return Err(tx.reject(format_args!("quantity must be positive")));
    }
    Ok(())
}

fn absent<'tx>(tx: &mut Tx<'tx>, sku: &Sku) -> ErrorWritten<'tx> {
    let sku = text(sku);
    tx.reject(format_args!("there is no {sku}"))
}
