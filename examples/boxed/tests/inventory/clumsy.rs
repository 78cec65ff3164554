//! A plugin that panics after it has written, or writes wrong numbers, as a mistake in the logic
//! would.

use statevec_abi::prelude::*;
use statevec_abi_alloc::{
    BizInvariantReadContext, RuntimeCommandEnvelope, RuntimeHostContext, RuntimeHostContextExt,
    RuntimePlugin, RuntimePluginError, RuntimePluginFactory, RuntimePluginLoadError,
    SchemaRegistry, static_runtime_plugin,
};
use statevec_boxed::{Factory, Item, ItemUpdate, Receive, Ship};
use statevec_host::harness::{Harness, HarnessError};
use statevec_host::typed::TypedError;

use crate::{BOLT, NUT};

const CLUMSY: StaticPlugin = static_runtime_plugin!(Box::new(ClumsyFactory));

struct ClumsyFactory;

impl RuntimePluginFactory for ClumsyFactory {
    fn plugin_name(&self) -> &'static str {
        "clumsy-inventory"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        Factory.schema_registry()
    }

    fn create(&self, config: &str) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
        Ok(Box::new(Clumsy(Factory.create(config)?)))
    }
}

/// The inventory with two faults: it panics after it ships 13 pieces, and it does not count down
/// when it ships 14.
struct Clumsy(Box<dyn RuntimePlugin>);

impl RuntimePlugin for Clumsy {
    fn name(&self) -> &'static str {
        ClumsyFactory.plugin_name()
    }

    fn schema_registry(&self) -> SchemaRegistry {
        self.0.schema_registry()
    }

    fn run_tx(
        &self,
        tx: &mut dyn RuntimeHostContext,
        command: &dyn RuntimeCommandEnvelope,
    ) -> Result<(), RuntimePluginError> {
        self.0.run_tx(tx, command)?;
        match Ship::decode(command.payload()) {
            Ok(Ship { quantity: 13, .. }) => panic!("shipment {} fell down", command.ext_seq()),
            Ok(Ship { name, quantity: 14, .. }) => {
                let recount = |item: &mut ItemUpdate<'_>| item.set_on_hand(item.on_hand() + 14);
                tx.update_typed_by_pk(Item::pk(&name), recount)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn validate_biz_invariants(&self, state: &dyn BizInvariantReadContext) -> Result<(), String> {
        self.0.validate_biz_invariants(state)
    }
}

#[test]
fn a_panic_after_writes_changes_nothing_and_a_new_instance_goes_on() -> Result<(), HarnessError> {
    let mut inventory = Harness::linked(&CLUMSY, "")?;
    inventory.run(&Receive { name: BOLT, quantity: 100 })?;
    let before = inventory.engine().store().image();

    let failed = |result| match result {
        Err(TypedError::Failed(failure)) => (failure.kind.0, failure.message),
        other => panic!("the plugin was to fail: {other:?}"),
    };
    let ship = Ship { name: BOLT, quantity: 13, order: b"" };
    let result = failed(inventory.run(&ship).map(drop));
    assert_eq!(result, (5001, "plugin panicked: shipment 2 fell down".to_owned()));
    assert!(inventory.engine().store().image() == before);

    let received = inventory.run(&Receive { name: NUT, quantity: 1 })?;
    assert_eq!(received.tx_seq, 2, "a new instance goes on");
    Ok(())
}

#[test]
fn an_item_that_does_not_add_up_is_found() -> Result<(), HarnessError> {
    let mut inventory = Harness::linked(&CLUMSY, "")?;
    inventory.run(&Receive { name: BOLT, quantity: 100 })?;
    inventory.check_invariants()?;
    inventory.run(&Ship { name: BOLT, quantity: 14, order: b"" })?;
    match inventory.check_invariants() {
        Err(HarnessError::Invariants(failure)) => {
            assert_eq!(failure.message, "M8 bolt: 100 received, 14 shipped, and 100 on hand");
            Ok(())
        }
        other => panic!("the invariants do not hold: {other:?}"),
    }
}
