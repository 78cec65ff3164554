//! The inventory, written as an author writes a plugin today: with the published crates and nothing
//! of this workspace.
//!
//! `statevec_tests::inventory` describes it, and has the same plugin with this workspace's SDK. It
//! also exists in C, in `examples/c-plugin`. The tests check that the three give the same results.

mod schema;

use schema::schema::{
    Discontinue, Item, Receive, Register, Ship, StockChanged, command::*, registry,
};
use statevec_published::prelude::*;

#[allow(missing_docs, reason = "what the published macro expands to is not ours to change")]
mod export {
    statevec_published::export_runtime_plugin!(Box::new(super::InventoryFactory));
    use statevec_published::statevec_api;
}

struct InventoryFactory;

struct Inventory {
    max_on_hand: u32,
}

impl RuntimePluginFactory for InventoryFactory {
    fn plugin_name(&self) -> &'static str {
        "inventory"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        registry()
    }

    fn create(&self, config: &str) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
        let max_on_hand = match config.strip_prefix("max_on_hand=") {
            Some(number) => number.parse().ok(),
            None => config.is_empty().then_some(1_000),
        };
        match max_on_hand {
            Some(max_on_hand) => Ok(Box::new(Inventory { max_on_hand })),
            None => Err(RuntimePluginLoadError::new(format!(
                "expected max_on_hand=NUMBER, got {config}"
            ))),
        }
    }
}

impl RuntimePlugin for Inventory {
    fn name(&self) -> &'static str {
        InventoryFactory.plugin_name()
    }

    fn schema_registry(&self) -> SchemaRegistry {
        registry()
    }

    fn run_tx(
        &self,
        tx: &mut dyn RuntimeHostContext,
        command: &dyn RuntimeCommandEnvelope,
    ) -> Result<(), RuntimePluginError> {
        // The published accessors panic on a payload that is too short, and a panic would end the
        // process.
        check_payload(command)?;
        let call = Call {
            inventory: self,
            ext_seq: command.ext_seq(),
            time_us: command.ref_ext_time_us(),
        };
        match call.dispatch(tx, command) {
            Ok(true) => Ok(()),
            Ok(false) => Err(RuntimePluginError::new(format!(
                "unknown command kind {}",
                command.command_kind()
            ))),
            Err(Refusal(reason)) => Err(RuntimePluginError::new(reason)),
        }
    }

    fn validate_biz_invariants(&self, state: &dyn BizInvariantReadContext) -> Result<(), String> {
        let mut keys = Vec::new();
        let listed = state.for_each_record_key_raw(Item::KIND, &mut |key| keys.push(key));
        listed.map_err(|error| error.message)?;
        for key in keys {
            let item = state.with_read_typed::<Item, _, _>(key.sys_id, |item| {
                (text(&item.sku()), item.on_hand())
            });
            match item.map_err(|error| error.message)? {
                Some((sku, on_hand)) if on_hand > self.max_on_hand => {
                    let limit = self.max_on_hand;
                    return Err(format!("{sku} has {on_hand}, above the limit of {limit}"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

command_dispatch! {
    fn dispatch;
    runtime = Call<'_>;
    error = Refusal;
    Register => Call::register,
    Receive => Call::receive,
    Ship => Call::ship,
    Discontinue => Call::discontinue,
}

/// One command, for the handlers.
struct Call<'a> {
    inventory: &'a Inventory,
    ext_seq: u64,
    time_us: u64,
}

/// A reason to reject a command.
struct Refusal(String);

impl From<RuntimeHostError> for Refusal {
    fn from(error: RuntimeHostError) -> Self {
        Self(error.message)
    }
}

impl Call<'_> {
    fn register<Tx: TypedTxContext + ?Sized>(
        &self,
        tx: &mut Tx,
        command: RegisterAccess<'_>,
    ) -> Result<(), Refusal>
    where
        Refusal: From<Tx::Error>,
    {
        tx.create_typed::<Item, _>(|item| {
            item.init_sku(&command.sku()).set_moved_at_us(self.time_us);
        })?;
        self.announce(tx, &command.sku(), 0, schema::Reason::Registered);
        Ok(())
    }

    fn receive<Tx: TypedTxContext + ?Sized>(
        &self,
        tx: &mut Tx,
        command: ReceiveAccess<'_>,
    ) -> Result<(), Refusal>
    where
        Refusal: From<Tx::Error>,
    {
        let (sku, quantity) = (command.sku(), command.quantity());
        if quantity == 0 {
            return Err(Refusal("quantity must be positive".into()));
        }
        let limit = self.inventory.max_on_hand;
        let on_hand = tx.update_typed_by_pk::<Item, _, _, _>(Item::pk(&sku), |item| {
            let on_hand = item.on_hand().checked_add(quantity);
            let on_hand = on_hand.filter(|&on_hand| on_hand <= limit)?;
            item.set_on_hand(on_hand);
            item.set_moves(item.moves().wrapping_add(1));
            item.set_moved_at_us(self.time_us);
            Some(on_hand)
        })?;
        match on_hand {
            Some(Some(on_hand)) => {
                self.announce(tx, &sku, on_hand, schema::Reason::Received);
                Ok(())
            }
            Some(None) => Err(Refusal(format!(
                "{quantity} more of {} is above the limit of {limit}",
                text(&sku)
            ))),
            None => Err(Refusal(format!("there is no {}", text(&sku)))),
        }
    }

    fn ship<Tx: TypedTxContext + ?Sized>(
        &self,
        tx: &mut Tx,
        command: ShipAccess<'_>,
    ) -> Result<(), Refusal>
    where
        Refusal: From<Tx::Error>,
    {
        let (sku, quantity) = (command.sku(), command.quantity());
        if quantity == 0 {
            return Err(Refusal("quantity must be positive".into()));
        }
        let on_hand = tx.update_typed_by_pk::<Item, _, _, _>(Item::pk(&sku), |item| {
            // Written before it is checked: the host must undo it after a rejection.
            let before = item.on_hand();
            item.set_on_hand(before.wrapping_sub(quantity));
            item.set_moves(item.moves().wrapping_add(1));
            item.set_moved_at_us(self.time_us);
            before.checked_sub(quantity).ok_or(before)
        })?;
        match on_hand {
            Some(Ok(on_hand)) => {
                self.announce(tx, &sku, on_hand, schema::Reason::Shipped);
                Ok(())
            }
            Some(Err(before)) => {
                Err(Refusal(format!("{} has {before}, {quantity} are needed", text(&sku))))
            }
            None => Err(Refusal(format!("there is no {}", text(&sku)))),
        }
    }

    fn discontinue<Tx: TypedTxContext + ?Sized>(
        &self,
        tx: &mut Tx,
        command: DiscontinueAccess<'_>,
    ) -> Result<(), Refusal>
    where
        Refusal: From<Tx::Error>,
    {
        let sku = command.sku();
        let on_hand =
            tx.with_read_typed_by_pk::<Item, _, _, _>(Item::pk(&sku), |item| item.on_hand())?;
        match on_hand {
            Some(0) => {
                tx.delete_by_pk::<Item, _>(Item::pk(&sku))?;
                self.announce(tx, &sku, 0, schema::Reason::Discontinued);
                Ok(())
            }
            Some(left) => Err(Refusal(format!("{} still has {left}", text(&sku)))),
            None => Err(Refusal(format!("there is no {}", text(&sku)))),
        }
    }

    fn announce<Tx: TypedTxContext + ?Sized>(
        &self,
        tx: &mut Tx,
        sku: &FixedBytes<12>,
        on_hand: u32,
        reason: schema::Reason,
    ) {
        let event = StockChanged::builder()
            .set_sku(*sku)
            .set_on_hand(on_hand)
            .set_reason(reason)
            .set_ext_seq(self.ext_seq);
        tx.emit_typed_event::<StockChanged>(event.build());
    }
}

fn check_payload(command: &dyn RuntimeCommandEnvelope) -> Result<(), RuntimePluginError> {
    let registry = registry();
    let Some(definition) = registry.try_get_command(command.command_kind()) else {
        return Ok(());
    };
    let sizes = definition.fields.iter().filter_map(|field| field.fixed_size);
    let expected = sizes.sum::<u32>() as usize;
    let got = command.payload().len();
    if got == expected {
        return Ok(());
    }
    Err(RuntimePluginError::new(format!(
        "the payload of {} has {got} bytes; {expected} are expected",
        definition.name
    )))
}

fn text(sku: &FixedBytes<12>) -> String {
    String::from_utf8_lossy(sku.as_slice()).into_owned()
}
