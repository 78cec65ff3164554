//! Replays a log, frame by frame.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use statevec_abi_alloc::schema::SchemaRegistry;

use super::{
    Divergence, LoadBuild, ReplayError, ReplayOptions, ReplaySummary,
    builds::Builds,
    state::{ReplayState, Runner},
};
use crate::{
    GuardedEngine, LoadedPlugin, Store,
    checkpoint::{self, CheckpointReader},
    durable::{DataDirectory, Schemas, restore_checkpoint},
    evolution,
    storage::Storage,
    store::{Restorer, StoreLimits},
    txlog::{LogEnd, LogHeader, LogPosition, LogWalk, Walked, list_segments},
};

/// A replay. It changes nothing in the log, and does not need its lock.
pub struct Replayer {
    walk: LogWalk,
    state: ReplayState,
}

impl Replayer {
    /// Replays the log of a data directory, without a plugin or with one.
    ///
    /// A plugin runs the entries of its own schema. If the directory was migrated,
    /// [`load_builds`](Self::load_builds) gives the builds for the others.
    ///
    /// # Errors
    ///
    /// The log has no entries or cannot be read, a checkpoint cannot be restored, or the plugin
    /// has none of the directory's schemas.
    pub fn of_directory(
        directory: &DataDirectory,
        plugin: Option<&LoadedPlugin>,
        options: ReplayOptions,
    ) -> Result<Self, ReplayError> {
        let storage = directory.storage();
        let segments = list_segments(&**storage, &directory.log())?;
        let empty = || ReplayError::Empty { path: directory.root().into() };
        let first_entry = segments.first().ok_or_else(empty)?.first_entry;
        let walk = LogWalk::open(Arc::clone(storage), &directory.log(), first_entry)?;
        if walk.end().is_some() {
            return Err(empty());
        }
        let schemas = Schemas::new(directory, plugin.map(LoadedPlugin::schema));
        check_plugin(directory, plugin, walk.header(), &schemas)?;

        let newest = checkpoints_before(directory, options.from)?.pop();
        let restored = newest.as_ref().map_or(0, |(entry, _)| *entry);
        if first_entry > restored + 1 {
            let path = directory.root().into();
            return Err(ReplayError::StateUnknown { path, first_entry });
        }
        let restorer = match newest {
            Some((_, path)) => {
                let reader = CheckpointReader::open(&**storage, &path)?;
                let schema = schemas.of_fingerprints(&reader.head().fingerprints)?;
                let mut restorer = Restorer::new(empty_store(&schema)?);
                restore_checkpoint(directory, &mut restorer, path)?;
                restorer
            }
            None => Restorer::new(empty_store(&schemas.of_header(walk.header())?)?),
        };
        let mut walk = LogWalk::open(Arc::clone(storage), &directory.log(), restored + 1)?;
        if walk.position().entry == 0 && restored == 0 {
            check_start(&walk, &restorer, directory.root())?;
        }
        walk.show_all();
        Ok(Self::new(walk, restorer, restored, plugin, Some(schemas), options))
    }

    /// Loads builds for entries that the plugin does not run, or for all if there is none. A build
    /// is loaded for each environment and each schema of the log.
    #[must_use]
    pub fn load_builds(mut self, load: Box<LoadBuild>) -> Self {
        self.state.builds.load = Some(load);
        self
    }

    /// Replays one file, such as firmware writes. Without a plugin, `schema` is the one that wrote
    /// it.
    ///
    /// # Errors
    ///
    /// The file has no entries or cannot be read, does not begin with entry 1, or the plugin does
    /// not fit.
    pub fn of_file(
        storage: &Arc<dyn Storage>,
        path: &Path,
        plugin: Option<&LoadedPlugin>,
        schema: Option<Arc<SchemaRegistry>>,
        options: ReplayOptions,
    ) -> Result<Self, ReplayError> {
        let walk = LogWalk::open_file(Arc::clone(storage), path)?;
        if walk.end().is_some() {
            return Err(ReplayError::Empty { path: path.into() });
        }
        let first_entry = walk.position().entry + 1;
        if first_entry > 1 {
            return Err(ReplayError::StateUnknown { path: path.into(), first_entry });
        }
        let schema = match plugin {
            Some(plugin) => {
                check_schema(plugin, walk.header(), schema.as_deref())?;
                Arc::clone(plugin.schema())
            }
            None => schema.ok_or_else(|| ReplayError::SchemaUnknown { folder: path.into() })?,
        };
        let restorer = Restorer::new(empty_store(&schema)?);
        check_start(&walk, &restorer, path)?;
        Ok(Self::new(walk, restorer, 0, plugin, None, options))
    }

    fn new(
        walk: LogWalk,
        restorer: Restorer,
        restored: u64,
        plugin: Option<&LoadedPlugin>,
        schemas: Option<Schemas>,
        options: ReplayOptions,
    ) -> Self {
        let state = ReplayState {
            schema: Arc::clone(restorer.store().schema()),
            runner: Runner::Changes(Box::new(restorer)),
            builds: Builds { given: plugin.cloned(), load: None },
            schemas,
            options,
            summary: ReplaySummary::default(),
            header: walk.header().clone(),
            position: *walk.position(),
            restored,
            is_done: false,
        };
        Self { walk, state }
    }

    /// Replays the entries of the next frame. `each` sees every entry, and its divergence if there
    /// is one. Returns `false` at the end of the log, at the end of the range to be replayed, and
    /// behind a divergence.
    ///
    /// # Errors
    ///
    /// The log is damaged, or a recorded change or digest is wrong.
    pub fn step(
        &mut self,
        mut each: impl FnMut(&Walked<'_>, Option<&Divergence>),
    ) -> Result<bool, ReplayError> {
        let Self { walk, state, .. } = self;
        if state.is_done {
            return Ok(false);
        }
        let has_frame = walk.next_frame(|walked| {
            if walked.entry.number() <= state.restored {
                state.advance(walked);
                return Ok(());
            }
            state.entry(walked, &mut each)
        })?;
        Ok(has_frame && !state.is_done)
    }

    /// The plugin on the records after the last entry that was replayed.
    pub(super) fn into_engine(self, plugin: &LoadedPlugin) -> Result<GuardedEngine, ReplayError> {
        self.state.into_engine(plugin)
    }

    /// The findings so far.
    #[must_use]
    pub fn summary(&self) -> &ReplaySummary {
        &self.state.summary
    }

    /// The records after the last entry that was replayed: `None` after the plugin could not be
    /// created.
    #[must_use]
    pub fn store(&self) -> Option<&Store> {
        self.state.store()
    }

    /// The position behind the last entry that was replayed.
    #[must_use]
    pub fn position(&self) -> &LogPosition {
        &self.state.position
    }

    /// Plugin and environment of the entry that comes next.
    #[must_use]
    pub fn header(&self) -> &LogHeader {
        &self.state.header
    }

    /// The end of the log, once it was reached.
    #[must_use]
    pub fn end(&self) -> Option<&LogEnd> {
        self.walk.end()
    }

    /// The schema of the records, and of the entry that comes next.
    #[must_use]
    pub fn schema(&self) -> &Arc<SchemaRegistry> {
        &self.state.schema
    }
}

impl fmt::Debug for Replayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replayer").field("summary", &self.state.summary).finish_non_exhaustive()
    }
}

/// Refuses a plugin that has none of the directory's schemas.
fn check_plugin(
    directory: &DataDirectory,
    plugin: Option<&LoadedPlugin>,
    first: &LogHeader,
    schemas: &Schemas,
) -> Result<(), ReplayError> {
    let Some(plugin) = plugin else { return Ok(()) };
    let offered = LogHeader::of_plugin(plugin, "", StoreLimits::default());
    let wrote_here = first.plugin == offered.plugin && directory.schema_json(&offered)?.is_some();
    if wrote_here {
        return Ok(());
    }
    check_schema(plugin, first, schemas.of_header(first).ok().as_deref())
}

/// Refuses a plugin with another schema than the log's, which may be known.
fn check_schema(
    plugin: &LoadedPlugin,
    header: &LogHeader,
    recorded: Option<&SchemaRegistry>,
) -> Result<(), ReplayError> {
    let offered = LogHeader::of_plugin(plugin, "", StoreLimits::default());
    if header.is_same_schema(&offered) {
        return Ok(());
    }
    let mut found = Vec::new();
    if header.plugin != offered.plugin {
        found.push(format!("the log is that of {}, and not of {}", header.plugin, offered.plugin));
    }
    match recorded {
        Some(recorded) => {
            let changes = evolution::compare(recorded, plugin.schema());
            found.extend(changes.iter().map(ToString::to_string));
        }
        None => found.push("its schema differs from that of the log".into()),
    }
    Err(ReplayError::Schema { differences: found })
}

/// Refuses other records than those that the log starts from.
fn check_start(walk: &LogWalk, restorer: &Restorer, path: &Path) -> Result<(), ReplayError> {
    if walk.position().digest == restorer.digest() {
        return Ok(());
    }
    Err(ReplayError::StateUnknown { path: path.into(), first_entry: 1 })
}

fn empty_store(schema: &Arc<SchemaRegistry>) -> Result<Store, ReplayError> {
    Ok(Store::new(Arc::clone(schema))?)
}

fn checkpoints_before(
    directory: &DataDirectory,
    entry: u64,
) -> Result<Vec<(u64, PathBuf)>, ReplayError> {
    let mut all = checkpoint::list(&**directory.storage(), &directory.checkpoints())?;
    all.retain(|(made, _)| *made < entry.max(1));
    Ok(all)
}
