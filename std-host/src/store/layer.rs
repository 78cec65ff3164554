//! Layers between a plugin and a store.

use statevec_abi::host::Host;

use super::Store;

/// The host of a plugin's calls: a [`Store`], or a layer around one that counts, limits, records or
/// fails calls.
///
/// A layer is a [`Host`] that passes calls on to its store.
/// [`Engine::with_host`](crate::Engine::with_host) runs a plugin over it. The store owns the
/// transactions: it undoes the calls that a layer passed on, and a layer that fails a call, or
/// panics in it, leaves no trace either. The type is known at compile time, so an engine without a
/// layer pays nothing.
pub trait StoreLayer: Host {
    /// The store, always the same one.
    fn store(&self) -> &Store;

    /// The store, always the same one.
    fn store_mut(&mut self) -> &mut Store;
}

impl StoreLayer for Store {
    #[inline]
    fn store(&self) -> &Store {
        self
    }

    #[inline]
    fn store_mut(&mut self) -> &mut Store {
        self
    }
}
