//! The trait of layers.

use super::{AnsweredCall, LayerCall, Limits};
use crate::boundary::{ErrorSlot, TxResult};

/// A layer between a plugin and its host. [`Layered`](super::Layered) puts it there.
///
/// The methods take `&self`, because plugins read while they read: a layer keeps its state in
/// cells. One thread at a time uses a layer.
pub trait Layer {
    /// A command or a validation of invariants begins.
    fn begin(&self) {}

    /// A call comes from the plugin, and has not reached the host.
    ///
    /// # Errors
    ///
    /// The layer refuses the call, which does not reach the host.
    fn before<'e>(&self, call: &LayerCall<'_>, error: ErrorSlot<'e>) -> TxResult<'e> {
        let _ = (call, error);
        Ok(())
    }

    /// The host is about to lend `len` bytes to the plugin's visitor. With `false` the visitor is
    /// not called.
    ///
    /// A layer that answers `false` must fail the call in [`after`](Self::after). The method runs
    /// inside a C function, so a panic in it ends the process.
    fn lend(&self, call: &LayerCall<'_>, len: usize) -> bool {
        let _ = (call, len);
        true
    }

    /// The host has answered the call.
    ///
    /// # Errors
    ///
    /// The layer fails the call. The host's effects stay until the transaction is rolled back, so
    /// a layer that fails a write also fails the command, in [`end`](Self::end).
    fn after<'e>(&self, made: &AnsweredCall<'_>, error: ErrorSlot<'e>) -> TxResult<'e> {
        let _ = (made, error);
        Ok(())
    }

    /// The plugin has returned from a command or a validation, and did not fail: it accepted or
    /// rejected.
    ///
    /// # Errors
    ///
    /// The layer refuses the command, also if the plugin accepted it.
    fn end<'e>(&self, error: ErrorSlot<'e>) -> TxResult<'e> {
        let _ = error;
        Ok(())
    }

    /// The limits that the layer enforces, if it enforces any.
    fn limits(&self) -> Option<&Limits> {
        None
    }
}
