//! One transaction on a store.

use core::ops::Deref;

use super::FixedStore;
use crate::txlog::Change;

/// A store in which everything that is written can still be undone.
///
/// Dropping it undoes it: records, keys, numbers and events are as they were. One that was leaked
/// is undone when the next one begins.
///
/// There is one at a time, so it lends no store that could begin another by accident:
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

    /// The store as a plugin writes to it, for
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

    /// Keeps what the transaction wrote. Its events are then in [`FixedStore::events`].
    pub fn commit(self) {
        // What follows is a drop, which finds nothing to undo.
        self.store.keep();
    }
}

impl Drop for Transaction<'_, '_> {
    fn drop(&mut self) {
        self.store.roll_back();
    }
}

/// The store as the transaction sees it, to be read. [`host`](Transaction::host) lends it to be
/// written.
impl<'m> Deref for Transaction<'_, 'm> {
    type Target = FixedStore<'m>;

    fn deref(&self) -> &FixedStore<'m> {
        self.store
    }
}
