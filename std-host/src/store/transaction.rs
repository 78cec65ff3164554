//! One transaction on a store. Dropping it rolls back.

use std::{collections::TryReserveError, ops::Deref};

use super::{Changes, Events, Store, StoreLayer};

/// A store with writes that can still be undone.
///
/// Dropping it restores records, keys, numbers and events. A leaked transaction is undone when the
/// next one begins.
///
/// A store has one transaction at a time. So a transaction does not lend its store in a way that
/// could begin another one by accident:
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
    /// `None` after `commit`.
    host: Option<&'s mut H>,
}

impl<'s, H: StoreLayer> Transaction<'s, H> {
    /// Begins a transaction on the store of a layer. [`Store::begin`] does so without a layer.
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

    /// The store, or the layer around it, as the host of a plugin's calls; see
    /// [`PluginRuntime::run_tx`](statevec_abi::host::PluginRuntime::run_tx).
    ///
    /// Beginning a transaction through it undoes this one.
    #[inline]
    pub fn host(&mut self) -> &mut H {
        match &mut self.host {
            Some(host) => host,
            None => taken(),
        }
    }

    /// Shows the transaction without the layers around the store.
    #[inline]
    pub(crate) fn on_store<R>(&mut self, show: impl FnOnce(&mut Transaction<'_>) -> R) -> R {
        let mut bare = Transaction { host: Some(self.host().store_mut()) };
        let shown = show(&mut bare);
        // This transaction ends later, so the drop of `bare` must not end it.
        bare.host = None;
        shown
    }

    /// The net change of each record that the transaction touched so far, in the order in which the
    /// transaction first touched them.
    ///
    /// The list is made here from the undo log: a transaction without this call pays nothing for
    /// it. The next transaction uses its memory again.
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

    /// Returns true if an allocation of the store failed. Such a transaction must not be committed:
    /// on a machine with more memory it would have taken another course.
    #[inline]
    #[must_use]
    pub fn ran_out_of_memory(&self) -> bool {
        self.host.as_ref().is_some_and(|host| host.store().ran_out_of_memory)
    }

    /// Keeps the writes, and returns the events.
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

/// Reads the store as the transaction sees it. [`host`](Transaction::host) lends it for writing.
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
