//! The SDK for plugin authors: implement [`Plugin`], and export it.

mod call_state;
pub mod dispatch;
pub mod entry;
mod export;
mod read_access;
mod read_context;
mod thunks;
mod tx;
mod tx_typed;

pub use crate::boundary::CATCHES_PANICS;
pub use export::{StaticPlugin, assert_panics_are_caught};
pub use read_access::ReadAccess;
pub use read_context::ReadContext;
pub use thunks::plugin_api;
pub use tx::Tx;

use crate::boundary::{ErrorSlot, RuntimeCommandRef, TxResult};

/// Deterministic business logic: reads and writes records through the host, emits events, accepts
/// or rejects.
///
/// The same state and the same command must give the same calls and the same outcome on every host.
/// So a plugin uses no clock, no randomness and no hash order. An instance keeps its configuration
/// and nothing that changes between commands, because the host cannot roll that back.
///
/// With the feature `std` a panic is caught at the boundary: the call fails with kind 5001, the
/// host rolls back, and the instance refuses further calls.
///
/// ```
/// use statevec_abi::prelude::*;
///
/// # #[derive(Record)]
/// # #[record(kind = 1, len = 64, pk(name))]
/// # struct Counter { #[field(immutable)] name: u64, value: u64 }
/// # #[derive(Command)]
/// # #[command(kind = 1)]
/// # struct Add { name: u64, amount: u64 }
/// # schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Add] }; }
/// /// Counts under names.
/// struct Counters;
///
/// impl Plugin for Counters {
///     fn name() -> &'static str {
///         "counters"
///     }
///
///     fn schema() -> &'static str {
///         SCHEMA.json
///     }
///
///     fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
///         match config {
///             "" => Ok(Self),
///             _ => Err(error.config_error(format_args!("no configuration is expected"))),
///         }
///     }
///
///     #[inline]
///     fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
///         dispatch!(tx, match command {
///             Add(add) => tx.update_or_create(&Counter { name: add.name, value: 0 }, |counter| {
///                 counter.set_value(counter.value().saturating_add(add.amount));
///             }),
///         }, schema = SCHEMA)
///     }
/// }
/// ```
pub trait Plugin: Sized + Send + 'static {
    /// The plugin's name, stable across versions.
    fn name() -> &'static str;

    /// The schema JSON (ABI.md section 5).
    fn schema() -> &'static str;

    /// Makes an instance from a configuration text; empty when the host has none.
    ///
    /// # Errors
    ///
    /// A configuration that cannot be used, written with [`ErrorSlot::config_error`].
    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self>;

    /// Runs one command.
    ///
    /// Write `#[inline]` on it when another crate exports the plugin: the compiler then inlines it
    /// into its thunk.
    ///
    /// # Errors
    ///
    /// A rejection, written with [`Tx::reject`](ReadAccess::reject), or a failed host call passed
    /// on. The host undoes everything that the command did.
    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx>;

    /// Checks the invariants of every committed state. The default has none.
    ///
    /// # Errors
    ///
    /// The invariant that does not hold, written with [`ReadAccess::reject`].
    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        let _ = state;
        Ok(())
    }

    /// Releases the instance's resources. It is called once, before the drop.
    ///
    /// # Errors
    ///
    /// A resource that could not be released, written into `error` with kind 5001.
    fn on_unload<'c>(&mut self, error: ErrorSlot<'c>) -> TxResult<'c> {
        let _ = error;
        Ok(())
    }
}
