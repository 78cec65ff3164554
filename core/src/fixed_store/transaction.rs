//! One transaction on a store. Dropping it rolls back.

use core::{marker::PhantomData, ops::Deref};

use super::FixedStore;
use crate::{layers::StoreLayer, txlog::Change};

/// A running transaction on a store.
///
/// Dropping it undoes it: records, keys, numbers and events are as before. A leaked transaction is
/// undone when the next one begins.
///
/// There is one at a time, so it does not lend a store that could begin another by accident:
///
/// ```compile_fail,E0596
/// # use statevec_abi::fixed_store::FixedStore;
/// fn nested(store: &mut FixedStore<'_>) {
///     let mut transaction = store.begin();
///     let inner = transaction.begin();
/// }
/// ```
#[derive(Debug)]
#[must_use = "a transaction that is dropped is undone"]
pub struct Transaction<'s, 'm, H: StoreLayer<FixedStore<'m>> = FixedStore<'m>> {
    host: &'s mut H,
    store: PhantomData<FixedStore<'m>>,
}

impl<'s, 'm, H: StoreLayer<FixedStore<'m>>> Transaction<'s, 'm, H> {
    /// Begins a transaction on the store inside [layers](crate::layers). [`FixedStore::begin`]
    /// does so without layers.
    pub fn begin(host: &'s mut H) -> Self {
        let store = host.store_mut();
        store.roll_back();
        store.events.clear();
        store.open = true;
        Self { host, store: PhantomData }
    }

    /// The store, or the layers around it, for writing: the host of
    /// [`PluginRuntime::run_tx`](crate::host::PluginRuntime::run_tx).
    ///
    /// Beginning a transaction through it undoes this one.
    pub fn host(&mut self) -> &mut H {
        self.host
    }

    /// The net change of each record that the transaction touched so far, in the order in which it
    /// first touched them.
    ///
    /// It compares each step with the others, so that a transaction that lists no changes pays
    /// nothing.
    pub fn changes(&self) -> impl Iterator<Item = Change<'_>> + Clone {
        self.host.store().changes()
    }

    /// Commits the transaction. Its events are then in [`FixedStore::events`].
    pub fn commit(self) {
        // The drop that follows finds nothing to undo.
        self.host.store_mut().keep();
    }
}

impl<'m, H: StoreLayer<FixedStore<'m>>> Drop for Transaction<'_, 'm, H> {
    fn drop(&mut self) {
        self.host.store_mut().roll_back();
    }
}

/// The store with the transaction's changes, for reading. [`host`](Transaction::host) lends it for
/// writing.
impl<'m, H: StoreLayer<FixedStore<'m>>> Deref for Transaction<'_, 'm, H> {
    type Target = FixedStore<'m>;

    fn deref(&self) -> &FixedStore<'m> {
        self.host.store()
    }
}

impl<'m> StoreLayer<Self> for FixedStore<'m> {
    fn store(&self) -> &Self {
        self
    }

    fn store_mut(&mut self) -> &mut Self {
        self
    }
}
