//! Opens a log: a data directory or a single file, with the schema to decode it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use statevec_abi::{
    boundary::limits,
    txlog::{Entry, StateDigest},
};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::{
    Store,
    checkpoint::{self, CheckpointReader},
    durable::{
        DurableError, EntryWriters, Schemas, apply_entry, apply_migration, restore_checkpoint,
    },
    json::JsonWriter,
    storage::{FileSystem, Storage},
    store::Restorer,
    text_file,
    txlog::{LogHeader, LogWalk, Walked, list_segments},
};

use crate::cli::{error::CliError, log_place::LogPlace};

/// A log, and how to decode it.
pub(super) struct LogSource {
    storage: Arc<dyn Storage>,
    pub(super) place: LogPlace,
    pub(super) header: Option<LogHeader>,
    schema: Option<Arc<SchemaRegistry>>,
    /// The schemas of a data directory.
    schemas: Option<Schemas>,
    writers: Option<EntryWriters>,
}

/// Records before the next entry; `None` if the log does not reach back far enough.
pub(super) type Records = Option<Restorer>;

impl LogSource {
    pub(super) fn open(path: &Path, schema: Option<&Path>) -> Result<Self, CliError> {
        let storage: Arc<dyn Storage> = Arc::new(FileSystem);
        let place = LogPlace::find(path, path)?;
        let mut source =
            Self { storage, place, header: None, schema: None, schemas: None, writers: None };
        let walk = source.walk_from_start()?;
        source.header = walk.end().is_none_or(|end| !end.is_empty()).then(|| walk.header().clone());
        source.schema = source.find_schema(schema)?;
        if let LogPlace::Directory(directory) = &source.place {
            let schemas = Schemas::new(directory, source.schema.as_ref());
            source.schemas = Some(schemas.clone());
            source.writers = Some(EntryWriters::new(schemas));
        }
        Ok(source)
    }

    /// The writer for entries with a header.
    pub(super) fn writer(&self, header: &LogHeader) -> Result<Arc<JsonWriter>, CliError> {
        Ok(match (&self.writers, &self.schema) {
            (Some(writers), _) => writers.of_header(header)?,
            (None, Some(schema)) if schema.fingerprints() == header.fingerprints => {
                Arc::new(JsonWriter::new(schema))
            }
            (None, _) => Arc::new(JsonWriter::without_names()),
        })
    }

    /// The folder of a data directory's log, which can be followed.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        match &self.place {
            LogPlace::Directory(directory) => Some(directory.log()),
            LogPlace::File(_) => None,
        }
    }

    /// The storage that holds the log.
    pub(super) fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    /// Bytes of all files of the log, reserved room included.
    pub(super) fn bytes(&self) -> Result<u64, CliError> {
        let files = match &self.place {
            LogPlace::Directory(directory) => {
                let segments = list_segments(&*self.storage, &directory.log())?;
                segments.into_iter().map(|segment| segment.path).collect()
            }
            LogPlace::File(path) => vec![path.clone()],
        };
        files.iter().try_fold(0, |sum, path| {
            let metadata = fs::metadata(path);
            let metadata =
                metadata.map_err(|source| CliError::LogPath { path: path.clone(), source })?;
            Ok(sum + metadata.len())
        })
    }

    /// Walks from the first entry that is there.
    pub(super) fn walk_from_start(&self) -> Result<LogWalk, CliError> {
        let from = self.first_entry()?;
        self.walk(from)
    }

    /// Walks to an entry with the records before it, if the log or a checkpoint reaches back far
    /// enough.
    pub(super) fn walk_with_records(&self, from: u64) -> Result<(LogWalk, Records), CliError> {
        let first = self.first_entry()?;
        let from = from.max(first);
        let Some(schema) = &self.schema else { return Ok((self.walk(from)?, None)) };
        if let Some((entry, path)) = self.checkpoint_before(from, first)? {
            return Ok((self.walk(entry + 1)?, self.restore(path)?));
        }
        let walk = self.walk(first)?;
        if walk.position().digest != StateDigest::EMPTY {
            // The records before the log are not known.
            return Ok((self.walk(from)?, None));
        }
        let store = Store::new(Arc::clone(schema)).map_err(DurableError::from)?;
        Ok((walk, Some(Restorer::new(store))))
    }

    fn walk(&self, from: u64) -> Result<LogWalk, CliError> {
        let storage = Arc::clone(&self.storage);
        Ok(match &self.place {
            LogPlace::Directory(directory) => LogWalk::open(storage, &directory.log(), from)?,
            LogPlace::File(path) => LogWalk::open_file(storage, path)?,
        })
    }

    fn first_entry(&self) -> Result<u64, CliError> {
        let LogPlace::Directory(directory) = &self.place else {
            let walk = LogWalk::open_file(Arc::clone(&self.storage), self.path())?;
            return Ok(walk.position().entry + 1);
        };
        let segments = list_segments(&*self.storage, &directory.log())?;
        Ok(segments.first().map_or(1, |segment| segment.first_entry))
    }

    fn path(&self) -> &Path {
        match &self.place {
            LogPlace::Directory(directory) => directory.root(),
            LogPlace::File(path) => path,
        }
    }

    /// The newest checkpoint before an entry that the log continues.
    fn checkpoint_before(&self, from: u64, first: u64) -> Result<Option<(u64, PathBuf)>, CliError> {
        let LogPlace::Directory(directory) = &self.place else { return Ok(None) };
        let checkpoints = checkpoint::list(&*self.storage, &directory.checkpoints())
            .map_err(DurableError::from)?;
        let usable = |(entry, _): &(u64, PathBuf)| *entry < from && *entry + 1 >= first;
        Ok(checkpoints.into_iter().rfind(usable))
    }

    fn restore(&self, path: PathBuf) -> Result<Records, CliError> {
        let (LogPlace::Directory(directory), Some(schemas)) = (&self.place, &self.schemas) else {
            return Ok(None);
        };
        let reader = CheckpointReader::open(&*self.storage, &path).map_err(DurableError::from)?;
        let schema = schemas.of_fingerprints(&reader.head().fingerprints)?;
        let mut restorer = Restorer::new(Store::new(schema).map_err(DurableError::from)?);
        restore_checkpoint(directory, &mut restorer, path)?;
        Ok(Some(restorer))
    }

    fn find_schema(&self, file: Option<&Path>) -> Result<Option<Arc<SchemaRegistry>>, CliError> {
        let Some(header) = &self.header else { return Ok(None) };
        let text = match (file, &self.place) {
            (Some(path), _) => Some(
                text_file::read(path, limits::SCHEMA)
                    .map_err(|source| CliError::SchemaFile { path: path.into(), source })?,
            ),
            (None, LogPlace::Directory(directory)) => {
                directory.schema_json(header).map_err(DurableError::from)?
            }
            (None, LogPlace::File(_)) => None,
        };
        let Some(text) = text else { return Ok(None) };
        let place = file.map_or_else(|| self.path().to_path_buf(), Path::to_path_buf);
        let schema = SchemaRegistry::from_idl_json(&text).map_err(|source| {
            let source = io::Error::new(io::ErrorKind::InvalidData, source);
            CliError::SchemaFile { path: place.clone(), source }
        })?;
        let identity = schema.identity();
        if identity.schema_version != header.schema_version
            || schema.fingerprints() != header.fingerprints
        {
            return Err(CliError::OtherSchema { path: place, plugin: header.plugin.clone() });
        }
        Ok(Some(Arc::new(schema)))
    }
}

/// Applies an entry's changes to the records before it, and checks the digest that the entry
/// states. Records behind the migration of a single file are not known.
pub(super) fn apply(
    source: &LogSource,
    records: &mut Records,
    walked: &Walked<'_>,
) -> Result<(), DurableError> {
    let Some(restorer) = records else { return Ok(()) };
    match (&walked.entry, &source.schemas) {
        (Entry::Migration(migration), Some(schemas)) => {
            apply_migration(restorer, walked, migration, schemas)?;
        }
        (Entry::Migration(_), None) => *records = None,
        _ => apply_entry(restorer, walked)?,
    }
    Ok(())
}
