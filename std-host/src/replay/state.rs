//! The state of a replay, and the effect of each entry on it.

use std::sync::Arc;

use statevec_abi::txlog::{Entry, EntryOutcome, MigrationEntry, TransactionEntry};
use statevec_abi_alloc::schema::SchemaRegistry;

use super::{
    Divergence, ReplayError, ReplayOptions, ReplaySummary,
    builds::Builds,
    run::{Replayed, run_again},
};
use crate::{
    GuardedEngine, LoadedPlugin, Store,
    durable::{ENDED_PROCESS, Schemas, apply_entry, apply_migration},
    engine::Position,
    store::Restorer,
    txlog::{Damage, LogHeader, LogPosition, Walked},
};

pub(super) struct ReplayState {
    pub(super) runner: Runner,
    pub(super) builds: Builds,
    /// The schema of the next entry.
    pub(super) schema: Arc<SchemaRegistry>,
    /// The schemas of the directory; `None` for a single file.
    pub(super) schemas: Option<Schemas>,
    pub(super) options: ReplayOptions,
    pub(super) summary: ReplaySummary,
    /// Environment of the next entry.
    pub(super) header: LogHeader,
    pub(super) position: LogPosition,
    /// Entries up to this one are in the checkpoint that the replay began at.
    pub(super) restored: u64,
    pub(super) is_done: bool,
}

pub(super) enum Runner {
    /// Applies recorded changes.
    Changes(Box<Restorer>),
    /// Runs the plugin.
    Plugin(Box<GuardedEngine>),
    /// Between the two.
    Nothing,
}

impl ReplayState {
    /// The records after the last entry.
    pub(super) fn store(&self) -> Option<&Store> {
        match &self.runner {
            Runner::Changes(restorer) => Some(restorer.store()),
            Runner::Plugin(engine) => Some(engine.store()),
            Runner::Nothing => None,
        }
    }

    /// Replays an entry, unless it lies outside of the range to be replayed. Returns its
    /// divergence, if there is one.
    pub(super) fn entry(
        &mut self,
        walked: &Walked<'_>,
        mut each: impl FnMut(&Walked<'_>, Option<&Divergence>),
    ) -> Result<(), ReplayError> {
        let number = walked.entry.number();
        if self.is_done {
            return Ok(());
        }
        if number > self.options.to_entry.unwrap_or(u64::MAX) {
            self.is_done = true;
            return Ok(());
        }
        let divergence = match &walked.entry {
            Entry::Transaction(transaction) => self.transaction(walked, transaction)?,
            Entry::Environment(environment) => {
                self.header.set_environment(&environment.environment);
                self.renew()?;
                None
            }
            Entry::Migration(migration) => {
                self.migrate(walked, migration)?;
                None
            }
            _ => None,
        };
        self.position.advance(&walked.entry);
        self.is_done = self.options.to_tx_seq.is_some_and(|to| self.position.tx_seq >= to)
            || self.options.to_entry == Some(number)
            || (divergence.is_some() && !self.options.keep_going);
        self.summary.entries += 1;
        each(walked, divergence.as_ref());
        if let Some(divergence) = divergence {
            self.summary.count(divergence, &self.schema);
        }
        Ok(())
    }

    /// Moves behind an entry whose changes are in the checkpoint.
    pub(super) fn advance(&mut self, walked: &Walked<'_>) {
        self.header.advance(&walked.entry);
        self.position.advance(&walked.entry);
    }

    fn transaction(
        &mut self,
        walked: &Walked<'_>,
        entry: &TransactionEntry<'_>,
    ) -> Result<Option<Divergence>, ReplayError> {
        if entry.number >= self.options.from && matches!(self.runner, Runner::Changes(_)) {
            self.begin_to_run()?;
        }
        let engine = match &mut self.runner {
            Runner::Changes(restorer) => {
                apply_entry(restorer, walked)?;
                return Ok(None);
            }
            Runner::Plugin(engine) => engine,
            Runner::Nothing => return Ok(None),
        };
        if ended_process(entry) {
            // It would end this process, too.
            let position = Position { tx_seq: engine.tx_seq(), ext_seq: Some(entry.ext_seq) };
            engine.resume_at(position);
            self.summary.skipped += 1;
            return Ok(None);
        }
        self.summary.ran += 1;
        match run_again(engine, entry, self.position.digest) {
            Replayed::Same => Ok(None),
            Replayed::Environment(text) => {
                Err(ReplayError::Environment { entry: entry.number, text })
            }
            Replayed::Different(difference) => {
                // Later entries were recorded on the recorded state, so the replay goes on from it.
                let (mut digest, mut before) = (self.position.digest, Vec::new());
                for change in entry.changes {
                    let store = engine.store_mut();
                    let applied = store.apply_logged(&change, &mut digest, &mut before);
                    applied.map_err(|error| walked.damaged(Damage::Change(error)))?;
                }
                Ok(Some(Divergence {
                    entry: entry.number,
                    ext_seq: entry.ext_seq,
                    command_kind: entry.command_kind,
                    payload: entry.payload.into(),
                    difference,
                }))
            }
        }
    }

    /// Hands the state over to the plugin, if there is one.
    fn begin_to_run(&mut self) -> Result<(), ReplayError> {
        let Some(plugin) = self.builds.of_header(&self.header)? else { return Ok(()) };
        if let Runner::Changes(restorer) = std::mem::replace(&mut self.runner, Runner::Nothing) {
            let engine = self.create(&plugin, restorer.into_store())?;
            self.runner = Runner::Plugin(Box::new(engine));
        }
        Ok(())
    }

    /// Converts the records, and goes on with a build that has their new schema.
    fn migrate(
        &mut self,
        walked: &Walked<'_>,
        migration: &MigrationEntry<'_>,
    ) -> Result<(), ReplayError> {
        let Some(schemas) = &self.schemas else {
            return Err(ReplayError::MigrationInFile { entry: migration.number });
        };
        let mut restorer = match std::mem::replace(&mut self.runner, Runner::Nothing) {
            Runner::Changes(restorer) => *restorer,
            Runner::Plugin(engine) => Restorer::new(engine.into_store()),
            Runner::Nothing => return Ok(()),
        };
        apply_migration(&mut restorer, walked, migration, schemas)?;
        self.schema = Arc::clone(restorer.store().schema());
        self.header.advance(&walked.entry);
        self.summary.migrations += 1;
        // The next command creates the instance.
        self.runner = Runner::Changes(Box::new(restorer));
        Ok(())
    }

    /// An instance of a plugin on the records after the last entry.
    pub(super) fn into_engine(
        mut self,
        plugin: &LoadedPlugin,
    ) -> Result<GuardedEngine, ReplayError> {
        let store = match std::mem::replace(&mut self.runner, Runner::Nothing) {
            Runner::Changes(restorer) => restorer.into_store(),
            Runner::Plugin(engine) => engine.into_store(),
            Runner::Nothing => {
                let text = "the plugin could not be created before it".into();
                return Err(ReplayError::Environment { entry: self.position.entry, text });
            }
        };
        self.create(plugin, store)
    }

    /// Makes another instance for another environment.
    fn renew(&mut self) -> Result<(), ReplayError> {
        let engine = match std::mem::replace(&mut self.runner, Runner::Nothing) {
            Runner::Plugin(engine) => engine,
            other => {
                // There is no instance yet; the first command that runs again creates it.
                self.runner = other;
                return Ok(());
            }
        };
        let plugin = match self.builds.of_header(&self.header)? {
            Some(plugin) => plugin,
            None => engine.plugin().clone(),
        };
        let engine = self.create(&plugin, engine.into_store())?;
        self.runner = Runner::Plugin(Box::new(engine));
        Ok(())
    }

    fn create(
        &self,
        plugin: &LoadedPlugin,
        mut store: Store,
    ) -> Result<GuardedEngine, ReplayError> {
        store.set_limits(self.header.limits);
        let config = self.options.config.as_ref().unwrap_or(&self.header.config);
        let limits = self.options.plugin_limits.unwrap_or(self.header.plugin_limits);
        let plugin = plugin.clone().with_limits(limits);
        let engine = GuardedEngine::with_store(&plugin, config, store);
        let mut engine = engine.map_err(|failure| ReplayError::Engine(failure.into()))?;
        let LogPosition { tx_seq, ext_seq, .. } = self.position;
        engine.resume_at(Position { tx_seq, ext_seq });
        Ok(engine)
    }
}

/// Returns true if the entry says that its command ended the process.
fn ended_process(entry: &TransactionEntry<'_>) -> bool {
    let EntryOutcome::Failed(failure) = entry.outcome else { return false };
    failure.text.as_bytes() == ENDED_PROCESS.as_bytes()
}
