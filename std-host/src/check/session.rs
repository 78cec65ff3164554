//! A plugin instance that runs scripts, and the results of its commands.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use statevec_abi::{abi::RuntimeErrorKind, boundary::RuntimeCommandRef, layers::FailNth};

use super::{
    probe::{self, Probe, ProbedStore},
    script::{START_US, ScriptCommand},
};
use crate::{Engine, EngineError, LoadedPlugin, Outcome, Store, engine::Position};

/// Everything about a command's result that must be the same everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) end: End,
    /// Kind and text of the error; 0 and empty for a committed command.
    pub(super) kind: u16,
    pub(super) text: String,
    pub(super) events: Vec<(u8, Vec<u8>)>,
    /// Digest of all records after the command.
    pub(super) digest: String,
}

/// The class of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum End {
    Committed,
    Rejected,
    Failed,
}

/// An instance with its records.
pub(super) struct Session {
    engine: Engine<ProbedStore>,
    next_ext_seq: u64,
    time_us: u64,
}

impl Session {
    pub(super) fn create(plugin: &LoadedPlugin, config: &str) -> Result<Self, EngineError> {
        let store = Store::new(Arc::clone(plugin.schema()))?;
        let engine = Engine::with_host(plugin, config, probe::over(store))?;
        Ok(Self { engine, next_ext_seq: 1, time_us: START_US })
    }

    /// Runs a command that continues the script.
    pub(super) fn run(&mut self, command: &ScriptCommand) -> Seen {
        let ext_seq = self.next_ext_seq;
        self.next_ext_seq += 1;
        self.time_us = self.time_us.saturating_add(command.gap_us);
        self.run_at(command, ext_seq, self.time_us)
    }

    pub(super) fn run_all(&mut self, script: &[ScriptCommand]) -> Vec<Seen> {
        script.iter().map(|command| self.run(command)).collect()
    }

    /// Leaves a command out: the next one has the number and the time that it would have had
    /// otherwise.
    pub(super) fn skip(&mut self, command: &ScriptCommand) {
        self.next_ext_seq += 1;
        self.time_us = self.time_us.saturating_add(command.gap_us);
    }

    fn run_at(&mut self, command: &ScriptCommand, ext_seq: u64, time_us: u64) -> Seen {
        let command = RuntimeCommandRef::new(command.kind, ext_seq, time_us, &command.payload);
        let mut seen = match self.engine.run(&command) {
            Outcome::Committed { events, .. } => Seen {
                end: End::Committed,
                kind: 0,
                text: String::new(),
                events: events.map(|event| (event.kind, event.payload.to_vec())).collect(),
                digest: String::new(),
            },
            Outcome::Rejected(failure) => {
                Seen::without_effect(End::Rejected, failure.kind, failure.message.to_string())
            }
            Outcome::Failed(failure) => {
                Seen::without_effect(End::Failed, failure.kind, failure.message.to_string())
            }
            // The numbers of a session ascend.
            Outcome::Duplicate { last_ext_seq } => Seen::without_effect(
                End::Failed,
                RuntimeErrorKind(0),
                format!("a duplicate of command {last_ext_seq}"),
            ),
        };
        seen.digest = self.store().digest().to_string();
        seen
    }

    /// Destroys the instance and makes another one on the same records, as a restart does.
    pub(super) fn restart(self) -> Result<Self, EngineError> {
        let Self { engine, next_ext_seq, time_us } = self;
        let (plugin, config) = (engine.plugin().clone(), engine.environment().config);
        let position: Position = engine.position();
        let mut engine = Engine::with_host(&plugin, &config, engine.into_host())?;
        engine.resume_at(position);
        Ok(Self { engine, next_ext_seq, time_us })
    }

    pub(super) fn validate(&mut self) -> Result<(), String> {
        self.engine.validate().map_err(|failure| failure.to_string())
    }

    pub(super) fn unload(self) -> Result<(), EngineError> {
        self.engine.unload()?;
        Ok(())
    }

    pub(super) fn probe(&self) -> &Probe {
        self.engine.host().layer()
    }

    /// The layer that fails host calls.
    pub(super) fn faults(&self) -> &FailNth {
        self.engine.host().host().layer()
    }

    pub(super) fn store(&self) -> &Store {
        self.engine.store()
    }
}

impl Seen {
    fn without_effect(end: End, kind: RuntimeErrorKind, text: String) -> Self {
        Self { end, kind: kind.0, text, events: Vec::new(), digest: String::new() }
    }

    /// The outcome in a few words.
    pub(super) fn in_short(&self) -> String {
        match self.end {
            End::Committed => format!("committed with {} events", self.events.len()),
            End::Rejected => format!("rejected ({}): {}", self.kind, self.text),
            End::Failed => format!("failed ({}): {}", self.kind, self.text),
        }
    }
}
