//! One way to cross the boundary.

use std::error::Error;

use statevec_abi::boundary::RuntimeCommandRef;

use crate::FlatStore;

/// One way to cross the boundary: a plugin, and the host that calls it.
pub trait Peer: Sized {
    /// The name in tables, budgets and benches.
    const NAME: &'static str;

    /// Loads the plugin, creates an instance, and makes a store for it.
    ///
    /// # Errors
    ///
    /// The plugin cannot be loaded or created.
    fn load() -> Result<Self, Box<dyn Error>>;

    /// Runs one command.
    ///
    /// # Errors
    ///
    /// The plugin's answer.
    fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Result<(), Failure<'_>>;

    /// Creates another instance, tells it that it is unloaded, and destroys it. Returns whether all
    /// went well.
    fn create_and_destroy(&mut self) -> bool;

    /// Asks the library for its table and the plugin for its schema, and returns the schema's
    /// length; `None` when there is no such thing.
    fn entry_and_schema(&mut self) -> Option<usize>;

    /// The store.
    fn store(&self) -> &FlatStore;

    /// How the interface gives a host's error back that a plugin passes on: kind and text.
    fn host_error_passed_on(kind: u16, text: String) -> (u16, String) {
        (kind, text)
    }
}

/// The reason for a failed command, as the host of a peer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure<'e> {
    /// The error kind.
    pub kind: u16,
    /// The text.
    pub text: &'e [u8],
}
