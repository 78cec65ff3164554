//! An engine whose results end with the process.

use std::io::Write;

use statevec_abi::{boundary::RuntimeCommandRef, host::CallFailure};
use statevec_host::{
    EngineFailure, GuardedEngine, LoadedPlugin, Outcome, PluginFailure, Store, json::JsonWriter,
};

use super::{Ran, Runner};
use crate::cli::error::CliError;
use crate::cli::summary::Counts;

/// Runs commands in memory.
pub(crate) struct MemoryRunner<E> {
    engine: E,
    lines: Lines,
}

/// The engine of a [`MemoryRunner`].
pub(crate) trait MemoryEngine {
    fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Outcome<'_>;

    fn store(&self) -> &Store;

    fn validate(&mut self) -> Result<(), CallFailure<'_>>;

    fn unload(self) -> Result<Store, EngineFailure<Store>>;
}

impl<E> MemoryRunner<E> {
    pub(crate) fn new(plugin: &LoadedPlugin, engine: E, is_silent: bool) -> Self {
        Self { engine, lines: Lines::new(plugin, is_silent) }
    }
}

impl<E: MemoryEngine> Runner for MemoryRunner<E> {
    #[inline]
    fn run(
        &mut self,
        command: &RuntimeCommandRef<'_>,
        counts: &mut Counts,
    ) -> Result<Ran, CliError> {
        let outcome = self.engine.run(command);
        Ok(self.lines.push_outcome(command, outcome, counts))
    }

    #[inline]
    fn print(&mut self, out: &mut impl Write) -> Result<(), CliError> {
        self.lines.print(out)
    }

    fn finish(&mut self, out: &mut impl Write) -> Result<(), CliError> {
        self.lines.print(out)
    }

    fn with_store<R>(&self, f: impl FnOnce(&Store) -> R) -> R {
        f(self.engine.store())
    }

    fn validate(&mut self) -> Result<(), PluginFailure> {
        self.engine.validate().map_err(PluginFailure::from)
    }

    fn unload(self) -> (Store, Result<(), CliError>) {
        unloaded(self.engine.unload())
    }
}

impl MemoryEngine for GuardedEngine {
    #[inline]
    fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Outcome<'_> {
        Self::run(self, command)
    }

    fn store(&self) -> &Store {
        Self::store(self)
    }

    fn validate(&mut self) -> Result<(), CallFailure<'_>> {
        Self::validate(self)
    }

    fn unload(self) -> Result<Store, EngineFailure<Store>> {
        Self::unload(self)
    }
}

/// Lines of outcomes that may be printed at once.
pub(super) struct Lines {
    writer: JsonWriter,
    text: String,
    is_silent: bool,
}

impl Lines {
    pub(super) fn new(plugin: &LoadedPlugin, is_silent: bool) -> Self {
        Self { writer: JsonWriter::new(plugin.schema()), text: String::new(), is_silent }
    }

    /// Adds the line of an outcome.
    #[inline]
    pub(super) fn push_outcome(
        &mut self,
        command: &RuntimeCommandRef<'_>,
        outcome: Outcome<'_>,
        counts: &mut Counts,
    ) -> Ran {
        counts.count(&outcome);
        if !self.is_silent {
            let (ext_seq, kind) = (command.ext_seq(), command.command_kind());
            self.writer.outcome(ext_seq, kind, &outcome, &mut self.text);
            self.text.push('\n');
        }
        let is_committed = outcome.is_committed();
        let failure = match outcome {
            Outcome::Failed(failure) => Some(failure.into()),
            _ => None,
        };
        Ran { is_committed, failure }
    }

    #[inline]
    pub(super) fn print(&mut self, out: &mut impl Write) -> Result<(), CliError> {
        let printed = out.write_all(self.text.as_bytes());
        self.text.clear();
        printed.map_err(|source| CliError::Output { source })
    }
}

/// The records of an engine that was unloaded, also if unloading failed.
pub(super) fn unloaded(
    result: Result<Store, EngineFailure<Store>>,
) -> (Store, Result<(), CliError>) {
    match result {
        Ok(store) => (store, Ok(())),
        Err(failure) => {
            let (error, store) = failure.into_parts();
            (store, Err(error.into()))
        }
    }
}
