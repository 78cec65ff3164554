//! Runs the commands of a stream: on an engine in memory, or on one whose results are recorded.

mod durable;
mod memory;
mod recorded;
mod traced;

use std::io::Write;

use statevec_abi::boundary::RuntimeCommandRef;
use statevec_host::{PluginFailure, Store};

use super::error::CliError;
use super::summary::Counts;

pub(crate) use durable::{CheckpointEvery, DurableRunner, SyncEvery, SyncFirst};
pub(crate) use memory::MemoryRunner;
pub(crate) use recorded::RecordedRunner;
pub(crate) use traced::TracedEngine;

/// Runs commands, and prints their outcomes once the caller may act on them.
pub(crate) trait Runner {
    /// Runs one command.
    fn run(
        &mut self,
        command: &RuntimeCommandRef<'_>,
        counts: &mut Counts,
    ) -> Result<Ran, CliError>;

    /// Prints the lines that may be printed now.
    fn print(&mut self, out: &mut impl Write) -> Result<(), CliError>;

    /// Prints a line that answers no command, behind those of the commands before it.
    fn answer(&mut self, line: &str, out: &mut impl Write) -> Result<(), CliError> {
        writeln!(out, "{line}").map_err(|source| CliError::Output { source })
    }

    /// Makes the results of all commands durable, and prints the lines that are left.
    fn finish(&mut self, out: &mut impl Write) -> Result<(), CliError>;

    /// The failure of a step that ended a wait for input, and could not be reported there.
    fn take_failure(&mut self) -> Option<CliError> {
        None
    }

    /// Passes the records to `f`.
    fn with_store<R>(&self, f: impl FnOnce(&Store) -> R) -> R;

    /// Lets the plugin check its invariants.
    fn validate(&mut self) -> Result<(), PluginFailure>;

    /// Unloads the plugin, and returns the records, also if unloading fails.
    fn unload(self) -> (Store, Result<(), CliError>);
}

/// The result of one command.
pub(crate) struct Ran {
    pub(crate) is_committed: bool,
    /// A failure that ends the run.
    pub(crate) failure: Option<PluginFailure>,
}
