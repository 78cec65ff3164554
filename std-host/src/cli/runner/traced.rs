//! `run --trace`: shows each host call of the plugin.

use std::{cell::Cell, io::Write, rc::Rc};

use statevec_abi::{
    boundary::RuntimeCommandRef,
    layers::{AnsweredCall, Layered, Limit, Trace},
};
use statevec_host::{
    Engine, EngineError, LimitedStore, LoadedPlugin, PluginFailure, Store, json::JsonWriter,
};

use super::{
    Ran, Runner,
    memory::{Lines, unloaded},
};
use crate::cli::error::CliError;
use crate::cli::stdio::tell;
use crate::cli::summary::Counts;

/// Runs commands in memory, and prints each host call on standard error as soon as it has its
/// answer: those before a crash or an endless loop are shown.
pub(crate) struct TracedRunner {
    engine: Engine<TracedStore>,
    /// The `ext_seq` of the command that runs. A validation has none.
    running: Rc<Cell<Option<u64>>>,
    lines: Lines,
}

/// The trace lies outside, so that it shows calls that a limit refuses.
type TracedStore = Layered<LimitedStore, Trace<Box<dyn Fn(&AnsweredCall<'_>)>>>;

impl TracedRunner {
    pub(crate) fn create(
        plugin: &LoadedPlugin,
        config: &str,
        store: Store,
        is_silent: bool,
    ) -> Result<Self, EngineError> {
        let running = Rc::new(Cell::new(None));
        let (writer, number) = (JsonWriter::new(plugin.schema()), Rc::clone(&running));
        let show = move |made: &AnsweredCall<'_>| {
            let mut line = String::new();
            writer.host_call(number.get(), made, &mut line);
            tell(&line);
        };
        let limited = Layered::new(store, Limit::new(*plugin.limits()));
        let host = Layered::new(limited, Trace::new(Box::new(show) as Box<_>));
        let engine = Engine::with_host(plugin, config, host)?;
        Ok(Self { engine, running, lines: Lines::new(plugin, is_silent) })
    }
}

impl Runner for TracedRunner {
    fn run(
        &mut self,
        command: &RuntimeCommandRef<'_>,
        counts: &mut Counts,
    ) -> Result<Ran, CliError> {
        self.running.set(Some(command.ext_seq()));
        let outcome = self.engine.run(command);
        self.running.set(None);
        Ok(self.lines.push_outcome(command, outcome, counts))
    }

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
        unloaded(self.engine.unload(), |host| host.into_host().into_host())
    }
}
