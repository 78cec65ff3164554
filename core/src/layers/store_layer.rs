//! A store, or layers around one.

use super::{Layer, Layered, Limits};
use crate::host::Host;

/// The host of a plugin's calls: a store `S`, or layers around one.
///
/// The store owns the transactions. It undoes the calls that a layer passed on, and a layer that
/// fails a call leaves no trace either.
pub trait StoreLayer<S>: Host {
    /// The store, always the same one.
    fn store(&self) -> &S;

    /// The store, always the same one.
    fn store_mut(&mut self) -> &mut S;

    /// The limits that a layer enforces; `None` if no layer does.
    fn limits(&self) -> Option<&Limits> {
        None
    }
}

impl<S, H: StoreLayer<S>, L: Layer> StoreLayer<S> for Layered<H, L> {
    #[inline]
    fn store(&self) -> &S {
        self.host().store()
    }

    #[inline]
    fn store_mut(&mut self) -> &mut S {
        self.host_mut().store_mut()
    }

    /// Those of the outermost layer that has any.
    fn limits(&self) -> Option<&Limits> {
        self.layer().limits().or_else(|| self.host().limits())
    }
}
