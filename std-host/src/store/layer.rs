//! Layers between a plugin and a store.

use statevec_abi::layers;

use super::Store;

/// The host of a plugin's calls: a [`Store`], or [layers](statevec_abi::layers) around one that
/// count, limit, trace or fail calls.
///
/// Everything that implements [`layers::StoreLayer`] for a [`Store`] is one.
/// [`Engine::with_host`](crate::Engine::with_host) runs a plugin over it. The store owns the
/// transactions: it undoes the calls that a layer passed on, and a layer that fails a call, or
/// panics in it, leaves no trace either. The type is known at compile time, so an engine without a
/// layer pays nothing.
///
/// ```
/// # use std::sync::Arc;
/// # use statevec_abi::{plugin::StaticPlugin, prelude::*, schema, static_plugin};
/// # #[derive(Record)]
/// # #[record(kind = 1, len = 64, pk(id))]
/// # struct Counter { #[field(immutable)] id: u64, value: u64 }
/// # #[derive(Command)]
/// # #[command(kind = 1)]
/// # struct Add { id: u64, amount: u64 }
/// # schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Add], events: [] }; }
/// # struct Counters;
/// # impl Plugin for Counters {
/// #     fn name() -> &'static str { "counters" }
/// #     fn schema() -> &'static str { SCHEMA.json }
/// #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
/// #     fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
/// #         dispatch!(tx, match command {
/// #             Add(Add { id, amount }) => tx.update_or_create(&Counter { id, value: 0 }, |counter| {
/// #                 counter.set_value(counter.value().saturating_add(amount));
/// #             }),
/// #         })
/// #     }
/// # }
/// # const COUNTERS: StaticPlugin = static_plugin!(Counters, slots = 1);
/// use statevec_abi::layers::{Count, Layered};
/// use statevec_host::{Engine, LoadedPlugin, Store};
///
/// let plugin = LoadedPlugin::from_static(&COUNTERS)?;
/// let store = Store::new(Arc::clone(plugin.schema()))?;
/// let mut engine = Engine::with_host(&plugin, "", Layered::new(store, Count::new()))?;
/// engine.run_typed(&Add { id: 7, amount: 5 })?;
/// assert_eq!(engine.host().layer().counts().host_calls(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait StoreLayer: layers::StoreLayer<Store> {}

impl<H: layers::StoreLayer<Store>> StoreLayer for H {}

impl layers::StoreLayer<Self> for Store {
    #[inline]
    fn store(&self) -> &Self {
        self
    }

    #[inline]
    fn store_mut(&mut self) -> &mut Self {
        self
    }
}
