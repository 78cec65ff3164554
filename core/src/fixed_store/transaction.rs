//! One transaction on a store. Dropping it rolls back.

use core::ops::Deref;

use super::FixedStore;
use crate::txlog::Change;

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
pub struct Transaction<'s, 'm> {
    store: &'s mut FixedStore<'m>,
}

impl<'s, 'm> Transaction<'s, 'm> {
    pub(super) fn begin(store: &'s mut FixedStore<'m>) -> Self {
        store.roll_back();
        store.events.clear();
        store.open = true;
        Self { store }
    }

    /// The store for writing: the host of
    /// [`PluginRuntime::run_tx`](crate::host::PluginRuntime::run_tx).
    ///
    /// Beginning a transaction through it undoes this one.
    pub fn host(&mut self) -> &mut FixedStore<'m> {
        self.store
    }

    /// The net change of each record that the transaction touched so far, in the order in which it
    /// first touched them.
    ///
    /// It compares each step with the others, so that a transaction that lists no changes pays
    /// nothing.
    pub fn changes(&self) -> impl Iterator<Item = Change<'_>> + Clone {
        self.store.changes()
    }

    /// Commits the transaction. Its events are then in [`FixedStore::events`].
    pub fn commit(self) {
        // The drop that follows finds nothing to undo.
        self.store.keep();
    }
}

impl Drop for Transaction<'_, '_> {
    fn drop(&mut self) {
        self.store.roll_back();
    }
}

/// The store with the transaction's changes, for reading. [`host`](Transaction::host) lends it for
/// writing.
impl<'m> Deref for Transaction<'_, 'm> {
    type Target = FixedStore<'m>;

    fn deref(&self) -> &FixedStore<'m> {
        self.store
    }
}
