//! Opens a data directory, or creates one.

use std::sync::Arc;

use statevec_abi::txlog::EnvironmentEntry;
use statevec_abi_alloc::schema::SchemaRegistry;

use super::{
    DataDirectory, DurableEngine, DurableError, DurableOptions, Opened, Recovered,
    checkpoints::{CheckpointMaker, write_checkpoint},
    directory::PluginFile,
    duplicates::Duplicates,
    recover,
};
use crate::{
    GuardedEngine, LoadedPlugin, checkpoint,
    engine::Position,
    evolution,
    txlog::{Batch, Committer, DirectoryLock, LogError, LogHeader, LogPosition, LogWriter},
};

impl DurableEngine {
    /// Opens a data directory and brings its state back, or creates one.
    ///
    /// Recovery applies recorded changes; the plugin runs no command again.
    ///
    /// # Errors
    ///
    /// Another process has the directory, something in it is damaged or missing, it belongs to
    /// another plugin or schema, or the plugin cannot be created. Nothing was changed then, except
    /// that missing folders were created.
    pub fn open(
        directory: &DataDirectory,
        plugin: &LoadedPlugin,
        options: DurableOptions,
    ) -> Result<Self, DurableError> {
        directory.create()?;
        let (storage, log) = (directory.storage(), directory.log());
        let lock = take_lock(directory, &options.holder)?;
        let file = PluginFile::read(plugin)?;
        let header = header_of(plugin, file.as_ref(), &options);
        let recovered = recover(directory, Some(plugin.schema()), options.limits)?;
        check_schema(directory, &header, &recovered, plugin.schema())?;
        check_acknowledged(directory, lock.acknowledged(), &recovered)?;
        let Recovered {
            store,
            end,
            header: logged,
            checkpoint: restored,
            applied,
            log_bytes,
            migrated,
        } = recovered;
        let size = match &restored {
            Some((_, path)) => checkpoint::size(&**storage, path)?,
            None => 0,
        };
        let mut engine = GuardedEngine::with_store(plugin, &options.config, store)
            .map_err(|failure| DurableError::Engine(failure.into()))?;
        let LogPosition { tx_seq, ext_seq, .. } = end.position;
        engine.resume_at(Position { tx_seq, ext_seq });

        // From here on the directory is written to.
        checkpoint::remove_unfinished(&**storage, &directory.checkpoints())?;
        directory.keep_plugin(&header, plugin, file.as_ref())?;
        let durable = lock.durable_word(&directory.lock())?;
        let in_log = logged.clone().unwrap_or_else(|| header.clone());
        let writer = LogWriter::open(Arc::clone(storage), &log, options.log, in_log, &end)?;
        let in_flight = options.frames_in_flight;
        let committer = if options.in_background {
            Committer::threaded(writer, durable, in_flight)?
        } else {
            Committer::inline(writer, durable, in_flight)
        };
        if migrated {
            // A crash came between the migration's entry and its checkpoint. Later checkpoints are
            // merged from one of this schema.
            write_checkpoint(directory, &header, end.position, engine.store())?;
            checkpoint::publish(&**storage, &directory.checkpoints(), end.position.entry)?;
        }
        let mut opened = Opened {
            is_new: logged.is_none(),
            position: end.position,
            checkpoint: restored,
            applied,
            torn: end.torn,
            unfinished: end.unfinished,
            interrupted: lock.interrupted().filter(|running| running.is_behind(&end.position)),
            environment_changes: Vec::new(),
        };
        let mut position = end.position;
        let mut committer = committer;
        if let Some(logged) = &logged {
            opened.environment_changes = environment_changes(logged, &header);
            if !opened.environment_changes.is_empty() {
                position.entry += 1;
                write_environment(&mut committer, &header, position)?;
            }
        }
        opened.position = position;
        let checkpoints = CheckpointMaker::new(
            directory.clone(),
            options.checkpoint,
            options.in_background,
            log_bytes,
            size,
        )?;
        Ok(Self {
            engine,
            committer,
            batch: Batch::new(),
            position,
            duplicates: Duplicates::new(Arc::clone(storage), log, header),
            checkpoints,
            gaps: 0,
            stopped: None,
            plugin: plugin.clone(),
            plugin_sha256: file.map(|file| file.sha256),
            directory: directory.clone(),
            options,
            opened,
            lock,
        })
    }
}

pub(super) fn take_lock(
    directory: &DataDirectory,
    holder: &str,
) -> Result<DirectoryLock, DurableError> {
    let (storage, root, path) = (&**directory.storage(), directory.root(), directory.lock());
    let process = format!("process {}", std::process::id());
    let holder = if holder.is_empty() { &process } else { holder };
    let lock = DirectoryLock::take(storage, root, &path, holder)?;
    directory.sync_root()?;
    Ok(lock)
}

pub(super) fn header_of(
    plugin: &LoadedPlugin,
    file: Option<&PluginFile>,
    options: &DurableOptions,
) -> LogHeader {
    let mut header = LogHeader::of_plugin(plugin, &options.config, options.limits);
    if let Some(file) = file {
        header.plugin_sha256 = *file.sha256.as_bytes();
    }
    header
}

/// Compares a plugin's schema with that of the directory's last entry.
fn check_schema(
    directory: &DataDirectory,
    header: &LogHeader,
    recovered: &Recovered,
    schema: &SchemaRegistry,
) -> Result<(), DurableError> {
    let mut found = Vec::new();
    let old = recovered.store.schema();
    if let Some(logged) = &recovered.header {
        if logged.is_same_schema(header) {
            return Ok(());
        }
        if logged.plugin != header.plugin {
            let (is, other) = (&logged.plugin, &header.plugin);
            found.push(format!("it belongs to plugin {is}, and not to {other}"));
        }
    } else if old.fingerprints() == schema.fingerprints() {
        return Ok(());
    }
    found.extend(evolution::compare(old, schema).iter().map(ToString::to_string));
    Err(DurableError::Schema { dir: directory.root().into(), differences: found })
}

/// Compares the end of the log with the last entry that the process before knew to be durable.
pub(super) fn check_acknowledged(
    directory: &DataDirectory,
    acknowledged: Option<u64>,
    recovered: &Recovered,
) -> Result<(), LogError> {
    let last = recovered.position().entry;
    match acknowledged {
        Some(acknowledged) if acknowledged > last => Err(LogError::LostEnd {
            dir: directory.log(),
            last,
            acknowledged,
            lock: directory.lock(),
        }),
        _ => Ok(()),
    }
}

fn environment_changes(logged: &LogHeader, now: &LogHeader) -> Vec<&'static str> {
    let mut changes = Vec::new();
    if logged.plugin_sha256 != now.plugin_sha256 {
        changes.push("plugin file");
    }
    if logged.config != now.config {
        changes.push("configuration");
    }
    if logged.environment().limits != now.environment().limits {
        changes.push("limits");
    }
    if logged.plugin_limits != now.plugin_limits {
        changes.push("limits of the plugin");
    }
    changes
}

pub(super) fn write_environment(
    committer: &mut Committer,
    header: &LogHeader,
    position: LogPosition,
) -> Result<(), LogError> {
    let mut batch = Batch::new();
    let entry = EnvironmentEntry { number: position.entry, environment: header.environment() };
    batch.push_environment(&entry, position)?;
    committer.finish(&mut batch)?;
    committer.set_header(header.clone());
    Ok(())
}
