//! One scenario for every plugin, and a report that can be compared.

use statevec_host::{Engine, EngineError, LoadedPlugin, Outcome, PluginFailure};

use crate::inventory::Sent;

/// All observable results of a plugin's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// One for each command.
    pub outcomes: Vec<Seen>,
    /// The plugin's answer about its invariants at the end.
    pub invariants: Option<PluginFailure>,
    /// Every byte of the records, keys and numbers at the end.
    pub image: Vec<u8>,
}

/// The observable result of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Committed, with the number of the transaction and the events: kind and payload.
    Committed(u64, Vec<(u8, Vec<u8>)>),
    /// Rejected.
    Rejected(PluginFailure),
    /// Failed: the plugin or the host has a fault.
    Failed(PluginFailure),
    /// Not run: its number is not above this one.
    Duplicate(u64),
}

/// Runs a plugin's whole life: create, commands, validation, unload and destroy. After every
/// command that was not committed the records must be as before it.
///
/// # Errors
///
/// The plugin refuses the configuration, or to be unloaded.
///
/// # Panics
///
/// A command that was not committed left a trace.
pub fn play(plugin: &LoadedPlugin, config: &str, commands: &[Sent]) -> Result<Report, EngineError> {
    let mut engine = Engine::create(plugin, config)?;
    let mut outcomes = Vec::new();
    for (ext_seq, sent) in (1..).zip(commands) {
        let before = engine.store().image();
        let seen = Seen::from(engine.run(&sent.command(ext_seq)));
        if !matches!(seen, Seen::Committed(..)) {
            assert_eq!(engine.store().image(), before, "{seen:?} left a trace");
        }
        outcomes.push(seen);
    }
    let invariants = engine.validate().err().map(PluginFailure::from);
    let image = engine.store().image();
    engine.unload().map_err(EngineError::from)?;
    Ok(Report { outcomes, invariants, image })
}

impl From<Outcome<'_>> for Seen {
    fn from(outcome: Outcome<'_>) -> Self {
        match outcome {
            Outcome::Committed { tx_seq, events } => {
                let events = events.map(|event| (event.kind, event.payload.to_vec()));
                Self::Committed(tx_seq, events.collect())
            }
            Outcome::Rejected(failure) => Self::Rejected(failure.into()),
            Outcome::Failed(failure) => Self::Failed(failure.into()),
            Outcome::Duplicate { last_ext_seq } => Self::Duplicate(last_ext_seq),
        }
    }
}
