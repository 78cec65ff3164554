//! One transaction on a store.

use std::{collections::TryReserveError, ops::Deref};

use super::{Changes, Events, Store, StoreLayer};

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
pub struct Transaction<'s, H: StoreLayer = Store> {
    /// Taken by `commit` only.
    host: Option<&'s mut H>,
}

impl<'s, H: StoreLayer> Transaction<'s, H> {
    /// Begins a transaction on the store of a layer; [`Store::begin`] where there is none.
    #[inline]
    pub fn begin(host: &'s mut H) -> Self {
        let store = host.store_mut();
        if store.open {
            store.roll_back();
        }
        store.clear_events();
        store.log.clear();
        store.ran_out_of_memory = false;
        store.open = true;
        store.room = store.limits.transaction_bytes;
        Self { host: Some(host) }
    }

    /// The store, or the layer around it, as a plugin writes to it, for [`PluginRuntime::run_tx`](statevec_abi::host::PluginRuntime::run_tx).
    ///
    /// Beginning a transaction through it undoes this one.
    #[inline]
    pub fn host(&mut self) -> &mut H {
        match &mut self.host {
            Some(host) => host,
            None => taken(),
        }
    }

    /// The net change of each record that the transaction touched so far, in the order in which the
    /// transaction first touched them.
    ///
    /// The list is made here, from the undo log: a transaction without this call pays nothing for
    /// it. Its memory is used again by the next transaction.
    ///
    /// # Errors
    ///
    /// There is no memory for the list.
    pub fn changes(&mut self) -> Result<Changes<'_>, TryReserveError> {
        self.host().store_mut().list_changes()
    }

    /// The events that the transaction emitted so far.
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events::new(self.events.iter())
    }

    /// Whether an allocation of the store failed. Then the transaction must not be committed: on a
    /// machine with more memory it would have gone another way.
    #[inline]
    #[must_use]
    pub fn ran_out_of_memory(&self) -> bool {
        self.host.as_ref().is_some_and(|host| host.store().ran_out_of_memory)
    }

    /// Keeps what the transaction wrote, and gives out its events.
    #[inline]
    pub fn commit(mut self) -> Events<'s> {
        match self.host.take() {
            Some(host) => {
                host.store_mut().keep();
                let host: &'s H = host;
                Events::new(host.store().events.iter())
            }
            None => taken(),
        }
    }
}

impl<H: StoreLayer> Drop for Transaction<'_, H> {
    #[inline]
    fn drop(&mut self) {
        if let Some(host) = &mut self.host {
            host.store_mut().roll_back();
        }
    }
}

/// The store as the transaction sees it, to be read. [`host`](Transaction::host) lends it to be written.
impl<H: StoreLayer> Deref for Transaction<'_, H> {
    type Target = Store;

    #[inline]
    fn deref(&self) -> &Store {
        match &self.host {
            Some(host) => host.store(),
            None => taken(),
        }
    }
}

#[cold]
fn taken() -> ! {
    unreachable!("committing takes the store out of a transaction, and consumes the transaction")
}
