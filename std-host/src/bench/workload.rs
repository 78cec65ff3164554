//! The commands of a round.

use std::sync::Arc;

use statevec_abi::boundary::RuntimeCommandRef;

use crate::{EngineError, GuardedEngine, LoadedPlugin, Outcome, Store};

/// Commands, in memory of their own. They are numbered from 1 when they run.
#[derive(Debug, Clone, Default)]
pub struct Workload {
    commands: Vec<Prepared>,
    /// The payloads, one behind the other.
    payloads: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Prepared {
    kind: u8,
    ref_ext_time_us: u64,
    /// The end of the payload, which starts where the one before ends.
    end: usize,
}

impl Workload {
    /// No commands.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a command. Its number is not kept.
    pub fn push(&mut self, command: &RuntimeCommandRef<'_>) {
        self.payloads.extend(command.payload());
        self.commands.push(Prepared {
            kind: command.command_kind(),
            ref_ext_time_us: command.ref_ext_time_us(),
            end: self.payloads.len(),
        });
    }

    /// The commands.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = RuntimeCommandRef<'_>> {
        let mut start = 0;
        self.commands.iter().enumerate().map(move |(position, prepared)| {
            let payload = &self.payloads[start..prepared.end];
            start = prepared.end;
            let ext_seq = position as u64 + 1;
            RuntimeCommandRef::new(prepared.kind, ext_seq, prepared.ref_ext_time_us, payload)
        })
    }

    /// How many commands there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.commands.len()
    }

    /// Returns true if there is no command.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// The first commands.
    pub fn truncate(&mut self, len: usize) {
        self.commands.truncate(len);
    }

    /// Runs all commands, and shows each outcome.
    pub(super) fn run(&self, engine: &mut GuardedEngine, mut each: impl FnMut(&Outcome<'_>)) {
        for command in self.iter() {
            each(&engine.run(&command));
        }
    }
}

/// A new engine of a plugin, on an empty store.
pub(super) fn new_engine(
    plugin: &LoadedPlugin,
    config: &str,
) -> Result<GuardedEngine, EngineError> {
    let store = Store::new(Arc::clone(plugin.schema()))?;
    Ok(GuardedEngine::with_store(plugin, config, store)?)
}
