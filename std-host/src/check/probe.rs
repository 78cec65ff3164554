//! The layers between plugin and store: one notes host calls, and one fails a call.

use std::{cell::RefCell, sync::Arc};

use statevec_abi::{
    boundary::{ErrorSlot, TxResult},
    layers::{FailNth, Layer, LayerCall, Layered},
};
use statevec_abi_alloc::schema::SchemaRegistry;

use crate::Store;

/// A store with both layers.
pub(super) type ProbedStore = Layered<Layered<Store, FailNth>, Probe>;

/// The layer that notes host calls, and kinds that the schema does not declare.
#[derive(Debug)]
pub(super) struct Probe {
    schema: Arc<SchemaRegistry>,
    /// The calls of the last command, by name.
    made: RefCell<Vec<&'static str>>,
    undeclared: RefCell<Vec<String>>,
}

/// Puts the layers around a store.
pub(super) fn over(store: Store) -> ProbedStore {
    let probe = Probe {
        schema: Arc::clone(store.schema()),
        made: RefCell::default(),
        undeclared: RefCell::default(),
    };
    Layered::new(Layered::new(store, FailNth::new()), probe)
}

impl Probe {
    /// The calls of the last command, by name.
    pub(super) fn made(&self) -> Vec<&'static str> {
        self.made.borrow().clone()
    }

    /// The undeclared kinds that the plugin used since the last call of this function.
    pub(super) fn take_undeclared(&self) -> Vec<String> {
        self.undeclared.take()
    }

    fn note(&self, what: String) {
        let mut undeclared = self.undeclared.borrow_mut();
        if undeclared.len() < MOST && !undeclared.contains(&what) {
            undeclared.push(what);
        }
    }
}

/// The most undeclared kinds that are noted.
const MOST: usize = 64;

impl Layer for Probe {
    fn begin(&self) {
        self.made.borrow_mut().clear();
    }

    fn before<'e>(&self, call: &LayerCall<'_>, _: ErrorSlot<'e>) -> TxResult<'e> {
        self.made.borrow_mut().push(call.name());
        match *call {
            LayerCall::Emit { kind, .. } if self.schema.try_get_event(kind).is_none() => {
                self.note(format!("event kind {kind}"));
            }
            LayerCall::Emit { .. } | LayerCall::DebugLog { .. } => {}
            ref call => {
                if let Some(kind) = call.kind().filter(|&kind| self.schema.try_get(kind).is_none())
                {
                    self.note(format!("record kind {kind}"));
                }
            }
        }
        Ok(())
    }
}
