//! `run --trace`: shows each host call of the plugin.

use std::{cell::Cell, rc::Rc};

use statevec_abi::{
    boundary::RuntimeCommandRef,
    host::CallFailure,
    layers::{AnsweredCall, Layered, Limit, Trace},
};
use statevec_host::{
    Engine, EngineError, EngineFailure, LimitedStore, LoadedPlugin, Outcome, Store,
    json::JsonWriter,
};

use super::memory::MemoryEngine;
use crate::cli::stdio::tell;

/// An engine that prints each host call on standard error as soon as it has its
/// answer: those before a crash or an endless loop are shown.
pub(crate) struct TracedEngine {
    engine: Engine<TracedStore>,
    /// The `ext_seq` of the command that runs. A validation has none.
    running: Rc<Cell<Option<u64>>>,
}

/// The trace lies outside, so that it shows calls that a limit refuses.
type TracedStore = Layered<LimitedStore, Trace<Box<dyn Fn(&AnsweredCall<'_>)>>>;

impl TracedEngine {
    pub(crate) fn create(
        plugin: &LoadedPlugin,
        config: &str,
        store: Store,
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
        Ok(Self { engine, running })
    }
}

impl MemoryEngine for TracedEngine {
    fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Outcome<'_> {
        self.running.set(Some(command.ext_seq()));
        let outcome = self.engine.run(command);
        self.running.set(None);
        outcome
    }

    fn store(&self) -> &Store {
        self.engine.store()
    }

    fn validate(&mut self) -> Result<(), CallFailure<'_>> {
        self.engine.validate()
    }

    fn unload(self) -> Result<Store, EngineFailure<Store>> {
        let records = |host: TracedStore| host.into_host().into_host();
        self.engine.unload().map(records).map_err(|failure| failure.map_host(records))
    }
}
