//! One transaction on a store.

use std::ops::Deref;

use super::{Events, Store};

/// A store in which everything that is written can still be undone.
///
/// Dropping it undoes it: records, keys, numbers and events are as they were. One that was leaked is undone when the next one begins.
///
/// There is one at a time, so it lends no store that could begin another by accident:
///
/// ```compile_fail,E0596
/// # use statevec_host::Store;
/// fn nested(store: &mut Store) {
///     let mut transaction = store.begin();
///     let inner = transaction.begin();
/// }
/// ```
#[derive(Debug)]
#[must_use = "a transaction that is dropped is undone"]
pub struct Transaction<'s> {
    /// Taken by `commit` only.
    store: Option<&'s mut Store>,
}

impl<'s> Transaction<'s> {
    #[inline]
    pub(super) fn begin(store: &'s mut Store) -> Self {
        if store.open {
            store.roll_back();
        }
        store.events.clear();
        store.log.clear();
        store.open = true;
        store.room = store.limits.transaction_bytes;
        Self { store: Some(store) }
    }

    /// The store as a plugin writes to it, for [`PluginRuntime::run_tx`](statevec_abi::host::PluginRuntime::run_tx).
    ///
    /// Beginning a transaction through it undoes this one.
    #[inline]
    pub fn host(&mut self) -> &mut Store {
        match &mut self.store {
            Some(store) => store,
            None => taken(),
        }
    }

    /// Keeps what the transaction wrote, and gives out its events.
    #[inline]
    pub fn commit(mut self) -> Events<'s> {
        match self.store.take() {
            Some(store) => {
                store.keep();
                Events::new(store.events.iter())
            }
            None => taken(),
        }
    }
}

impl Drop for Transaction<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(store) = &mut self.store {
            store.roll_back();
        }
    }
}

/// The store as the transaction sees it, to be read. [`host`](Transaction::host) lends it to be written.
impl Deref for Transaction<'_> {
    type Target = Store;

    #[inline]
    fn deref(&self) -> &Store {
        match &self.store {
            Some(store) => store,
            None => taken(),
        }
    }
}

#[cold]
fn taken() -> ! {
    unreachable!("committing takes the store out of a transaction, and consumes the transaction")
}
