//! What may stand between a plugin and a store.

use statevec_abi::host::Host;

use super::Store;

/// What a plugin's calls reach: a [`Store`], or a layer around one that counts, limits, records or fails the calls that pass through it.
///
/// A layer is a [`Host`] that hands each call on to its store, or does not, and an [`Engine`](crate::Engine) over it runs the plugin with
/// [`with_host`](crate::Engine::with_host). Transactions stay the store's: what a layer lets through is undone like anything else, and a layer
/// that fails a call, or panics in it, leaves no trace either. The type is known
/// at compile time, so that an engine without a layer pays nothing for it.
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
