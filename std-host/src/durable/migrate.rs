//! Migrates a directory to another schema.

use std::{path::PathBuf, sync::Arc};

use statevec_abi::abi::RecordKind;

use super::{
    DataDirectory, DurableError, Recovered,
    checkpoints::write_checkpoint,
    directory::PluginFile,
    migrate_error::MigrateError,
    open::{check_acknowledged, take_lock},
    recover,
};
use crate::{
    Engine, LoadedPlugin, PluginFailure, Store, StoreLimits, checkpoint,
    evolution::{MigrationChoices, MigrationRules, SchemaChange, compare},
    txlog::{Batch, Committer, LogHeader, LogOptions, LogPosition, LogWriter, list_segments},
};

/// Options of a migration.
#[derive(Debug, Clone, Default)]
pub struct MigrateOptions {
    /// Fields and records to be dropped, and defaults of new fields.
    pub choices: MigrationChoices,
    /// The configuration text of the new plugin; `None` for the one before.
    pub config: Option<String>,
    /// True if everything is checked and nothing is written. The directory may be in use then.
    pub dry_run: bool,
    /// Layout of the log.
    pub log: LogOptions,
    /// The name of this process in the directory's lock. Empty for the process's number.
    pub holder: String,
}

/// A migration that was carried out or, in a dry run, would be.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Migrated {
    /// The changes of the schema.
    pub changes: Vec<SchemaChange>,
    /// The last entry before the migration.
    pub before: LogPosition,
    /// The position behind the migration's entry.
    pub position: LogPosition,
    /// The kinds of records of either schema, by name.
    pub records: Vec<MigratedRecords>,
    /// The checkpoint under the new schema; `None` in a dry run.
    pub checkpoint: Option<PathBuf>,
}

/// The records of one kind before and after a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigratedRecords {
    /// Name of the record's type.
    pub record: String,
    /// How many there were; `None` if the old schema does not have it.
    pub before: Option<u64>,
    /// How many there are; `None` if the new schema does not have it.
    pub after: Option<u64>,
}

/// Migrates a directory to the schema of a plugin.
///
/// Each record is converted by [rules](MigrationRules) that the two schemas and the choices give.
/// The new plugin checks its invariants on the converted records. Then the rules are written as an
/// entry of the log, with the digest of the converted records, and the records become a checkpoint.
///
/// The entry decides: a crash before it is durable leaves the directory as it was, and a crash
/// behind it leaves a migrated directory, whose next start carries out the rules again.
///
/// # Errors
///
/// There is no rule for a change, a value does not fit, something would be dropped without being
/// named, the plugin refuses the records, or the directory cannot be read or written. The directory
/// is as it was, except after [`MigrateError::Unfinished`].
pub fn migrate(
    directory: &DataDirectory,
    plugin: &LoadedPlugin,
    options: &MigrateOptions,
) -> Result<Migrated, MigrateError> {
    let storage = directory.storage();
    let is_empty =
        list_segments(&**storage, &directory.log()).map_err(DurableError::from)?.is_empty();
    if is_empty {
        return Err(MigrateError::Empty { dir: directory.root().into() });
    }
    let lock = match options.dry_run {
        true => None,
        false => Some(take_lock(directory, &options.holder)?),
    };
    let file = PluginFile::read(plugin)?;
    let recovered = recover(directory, Some(plugin.schema()), StoreLimits::default())?;
    let acknowledged = lock.as_ref().and_then(|lock| lock.acknowledged());
    check_acknowledged(directory, acknowledged, &recovered).map_err(DurableError::from)?;
    let Recovered { mut store, end, header: logged, .. } = recovered;
    let logged = logged.ok_or_else(|| MigrateError::Empty { dir: directory.root().into() })?;

    let config = options.config.clone().unwrap_or_else(|| logged.config.clone());
    let mut header = LogHeader::of_plugin(plugin, &config, logged.limits);
    if let Some(file) = &file {
        header.plugin_sha256 = *file.sha256.as_bytes();
    }
    check_plugin(&logged, &header)?;
    store.set_limits(logged.limits);
    let rules = MigrationRules::between(store.schema(), plugin.schema(), &options.choices)?;
    let converted = rules.apply(&store, plugin.schema())?;
    let mut position = end.position;
    position.entry += 1;
    position.digest = converted.digest();
    let changes = compare(store.schema(), plugin.schema());
    let records = counts(&store, converted.store());
    drop(store);
    let converted = accepted(plugin, &config, converted.into_store())?;

    let mut migrated =
        Migrated { changes, before: end.position, position, records, checkpoint: None };
    let Some(lock) = lock else { return Ok(migrated) };

    // From here on the directory is written to. A crash leaves files that nothing refers to.
    directory.keep_plugin(&header, plugin, file.as_ref())?;
    let dir = directory.checkpoints();
    checkpoint::remove_unfinished(&**storage, &dir).map_err(DurableError::from)?;
    write_checkpoint(directory, &header, position, &converted)?;
    let durable = lock.durable_word(&directory.lock()).map_err(DurableError::from)?;
    let (storage, log) = (Arc::clone(storage), directory.log());
    let mut batch = Batch::new();
    let bytes = rules.to_bytes();
    let committed = LogWriter::open(storage, &log, options.log, logged, &end).and_then(|writer| {
        let entry = header.migration(position.entry, &bytes, position.digest);
        batch.push_migration(&entry, position)?;
        Committer::inline(writer, durable, 1).finish(&mut batch)
    });
    committed.map_err(DurableError::from)?;

    // The directory is migrated. Its next start would make the checkpoint.
    let published = checkpoint::publish(&**directory.storage(), &dir, position.entry)
        .map_err(DurableError::from)
        .and_then(|path| {
            lock.sync(&directory.lock())?;
            Ok(path)
        });
    let entry = position.entry;
    let path = published.map_err(|source| MigrateError::Unfinished { entry, source })?;
    migrated.checkpoint = Some(path);
    Ok(migrated)
}

/// Checks that the plugin is a later build of the one that wrote the log.
fn check_plugin(logged: &LogHeader, header: &LogHeader) -> Result<(), MigrateError> {
    if logged.plugin != header.plugin {
        let (is, other) = (logged.plugin.clone(), header.plugin.clone());
        return Err(MigrateError::OtherPlugin { is, other });
    }
    if logged.is_same_schema(header) {
        return Err(MigrateError::SameSchema);
    }
    Ok(())
}

/// Lets the plugin create an instance and check its invariants on the converted records.
fn accepted(plugin: &LoadedPlugin, config: &str, records: Store) -> Result<Store, MigrateError> {
    let mut engine = Engine::with_store(plugin, config, records)
        .map_err(|failure| DurableError::Engine(failure.into()))?;
    if let Err(failure) = engine.validate() {
        let failure = PluginFailure::from(failure);
        return Err(MigrateError::Invariant { failure });
    }
    match engine.unload() {
        Ok(store) => Ok(store),
        Err(failure) => Err(DurableError::Engine(failure.into()).into()),
    }
}

fn counts(old: &Store, new: &Store) -> Vec<MigratedRecords> {
    let count = |store: &Store, kind: RecordKind| store.len(kind) as u64;
    let mut records: Vec<_> = old
        .schema()
        .record_defs()
        .map(|def| MigratedRecords {
            record: def.name.to_string(),
            before: Some(count(old, def.kind)),
            after: new.schema().try_get_by_name(&def.name).map(|def| count(new, def.kind)),
        })
        .collect();
    let added =
        new.schema().record_defs().filter(|def| old.schema().try_get_by_name(&def.name).is_none());
    records.extend(added.map(|def| MigratedRecords {
        record: def.name.to_string(),
        before: None,
        after: Some(count(new, def.kind)),
    }));
    records
}
