//! Movements of pieces: in and out of the shelf.

use alloc::{format, string::String};

use statevec_abi_alloc::{RuntimeHostContext, RuntimeHostContextExt, RuntimePluginError};

use crate::{
    Inventory,
    schema::{Item, Name, StockChanged},
};

/// Pieces of one item that come or go, for an order.
pub(crate) struct Movement<'a> {
    pub(crate) name: Name,
    pub(crate) quantity: u32,
    pub(crate) order: &'a [u8],
}

impl Inventory {
    /// Puts pieces on the shelf.
    pub(crate) fn take_in(
        &self,
        tx: &mut dyn RuntimeHostContext,
        movement: &Movement<'_>,
    ) -> Result<(), RuntimePluginError> {
        let &Movement { name, quantity, .. } = movement;
        movement.check()?;
        let initial = Item { name, received: 0, shipped: 0, on_hand: 0 };
        let changed = tx.update_or_create_typed_by_pk(&initial, |item| {
            let before = item.on_hand();
            let on_hand = before.checked_add(quantity).filter(|&n| n <= self.capacity)?;
            item.set_received(item.received().checked_add(quantity.into())?);
            item.set_on_hand(on_hand);
            Some((before, on_hand))
        })?;
        let Some(changed) = changed else {
            let (name, capacity) = (shown(&name), self.capacity);
            return Err(RuntimePluginError::new(format!(
                "{name}: no room for {quantity} more, the shelf holds {capacity}"
            )));
        };
        movement.announce(tx, changed)
    }
}

/// Takes pieces off the shelf.
pub(crate) fn send_out(
    tx: &mut dyn RuntimeHostContext,
    movement: &Movement<'_>,
) -> Result<(), RuntimePluginError> {
    let &Movement { name, quantity, .. } = movement;
    movement.check()?;
    let changed = tx.update_typed_by_pk(Item::pk(&name), |item| {
        let before = item.on_hand();
        let shipped = item.shipped().checked_add(quantity.into());
        match (before.checked_sub(quantity), shipped) {
            (Some(on_hand), Some(shipped)) => {
                item.set_shipped(shipped);
                item.set_on_hand(on_hand);
                Ok((before, on_hand))
            }
            _ => Err(before),
        }
    })?;
    match changed {
        Some(Ok(changed)) => movement.announce(tx, changed),
        Some(Err(on_hand)) => Err(RuntimePluginError::new(format!(
            "{}: {quantity} wanted, {on_hand} on hand",
            shown(&name)
        ))),
        None => Err(RuntimePluginError::new(format!("{}: never heard of it", shown(&name)))),
    }
}

impl Movement<'_> {
    fn check(&self) -> Result<(), RuntimePluginError> {
        if self.name.is_empty() {
            return Err(RuntimePluginError::new("an item needs a name"));
        }
        if self.quantity == 0 {
            return Err(RuntimePluginError::new("the quantity must be positive"));
        }
        Ok(())
    }

    fn announce(
        &self,
        tx: &mut dyn RuntimeHostContext,
        (before, on_hand): (u32, u32),
    ) -> Result<(), RuntimePluginError> {
        let &Movement { name, order, .. } = self;
        Ok(tx.emit_typed_event(&StockChanged { name, on_hand, before, order })?)
    }
}

/// A name, for people.
pub(crate) fn shown(name: &Name) -> String {
    String::from_utf8_lossy(name.as_slice()).into_owned()
}
