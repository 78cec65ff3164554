//! The durable engine.

mod checkpoint;
mod replace;
mod run;
mod stop;
mod sync;

use statevec_abi::boundary::RuntimeCommandRef;

use super::{
    DataDirectory, DurableError, DurableOptions, Logged, OnFailure, Opened,
    checkpoints::CheckpointMaker, duplicates::Duplicates,
};
use crate::{
    GuardedEngine, LoadedPlugin, PluginFailure, Sha256, Store,
    txlog::{Batch, Committer, DirectoryLock, LogPosition},
};

pub use replace::{PreparedBuild, ReplaceError, check_same_schema};
pub(crate) use run::ENDED_PROCESS;
pub(super) use stop::Stop;
use stop::stop_error;

/// An engine that records every command with its result before it acknowledges it.
///
/// A result that [`submit`](Self::submit) returns is decided, and not durable yet:
/// [`sync`](Self::sync) makes it so, or [`start_sync`](Self::start_sync) does beside the commands
/// that follow. Commands that arrive while a sync runs share the next one.
///
/// Commands have ascending numbers, their `ext_seq`. One at or below the last is a duplicate:
/// nothing runs, and its recorded result is returned. So a source that does not know its last
/// acknowledged command sends everything again.
///
/// # Example
///
/// ```
/// # use std::{path::Path, sync::Arc};
/// # use statevec_abi::{prelude::*, schema, static_plugin};
/// # #[derive(Record)]
/// # #[record(kind = 1, len = 64, pk(id))]
/// # struct Counter { #[field(immutable)] id: u64, value: u64 }
/// # #[derive(Command)]
/// # #[command(kind = 1)]
/// # struct Add { id: u64, amount: u64 }
/// # schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Add], events: [] }; }
/// # struct Counters;
/// # impl Plugin for Counters {
/// #     fn name() -> &'static str { "counters" }
/// #     fn schema() -> &'static str { SCHEMA.json }
/// #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
/// #     fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
/// #         dispatch!(tx, match command {
/// #             Add(Add { id, amount }) => tx.update_or_create(&Counter { id, value: 0 }, |counter| {
/// #                 counter.set_value(counter.value() + amount);
/// #             }).map(drop),
/// #         })
/// #     }
/// # }
/// use statevec_host::{
///     LoadedPlugin,
///     durable::{DataDirectory, DurableEngine, DurableOptions, Submitted},
///     storage::FileSystem,
/// };
/// # let folder = tempfile::tempdir()?;
/// # let dir = folder.path().join("data");
///
/// let plugin = LoadedPlugin::from_static(&static_plugin!(Counters, slots = 2))?;
/// let directory = DataDirectory::new(Arc::new(FileSystem), dir);
/// let mut engine = DurableEngine::open(&directory, &plugin, DurableOptions::default())?;
/// let payload = [7_u64.to_le_bytes(), 5_u64.to_le_bytes()].concat();
/// let command = RuntimeCommandRef::new(1, 1, 0, &payload);
/// assert!(matches!(engine.submit(&command)?, Submitted::Ran(_)));
/// assert_eq!(engine.sync()?, 1);
/// drop(engine);
///
/// let mut engine = DurableEngine::open(&directory, &plugin, DurableOptions::default())?;
/// assert_eq!(engine.opened().position.entry, 1);
/// assert!(matches!(engine.submit(&command)?, Submitted::Duplicate { .. }));
/// engine.close()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DurableEngine {
    // Dropped from top to bottom: the lock goes last, when nothing writes any more.
    pub(crate) engine: GuardedEngine,
    pub(super) committer: Committer,
    pub(super) batch: Batch,
    /// Behind the last command that ran, durable or not.
    pub(crate) position: LogPosition,
    pub(super) duplicates: Duplicates,
    pub(super) checkpoints: CheckpointMaker,
    /// How many numbers were left out so far, by this process.
    pub(super) gaps: u64,
    pub(super) stopped: Option<Stop>,
    pub(super) plugin: LoadedPlugin,
    /// The digest of the plugin's file.
    pub(super) plugin_sha256: Option<Sha256>,
    pub(super) directory: DataDirectory,
    pub(super) options: DurableOptions,
    pub(super) opened: Opened,
    pub(super) lock: DirectoryLock,
}

/// The result of submitting a command. The list is closed: a command runs, or it ran before.
#[derive(Debug, Clone, Copy)]
pub enum Submitted<'e> {
    /// It ran. The entry becomes durable with the next sync.
    Ran(Logged<'e>),
    /// Its `ext_seq` is not above the last one: nothing ran. The entry is durable.
    Duplicate {
        /// The entry with this `ext_seq`; `None` if no command had it, the log does not reach
        /// back so far, or it ran under another schema.
        original: Option<Logged<'e>>,
    },
}

impl<'e> Submitted<'e> {
    /// The entry of the command.
    #[must_use]
    pub fn logged(&self) -> Option<Logged<'e>> {
        match *self {
            Self::Ran(logged) => Some(logged),
            Self::Duplicate { original } => original,
        }
    }
}

impl DurableEngine {
    /// Runs a command and records its result, unless it is a duplicate.
    ///
    /// # Errors
    ///
    /// The log or the engine has stopped, a number is left out where that is not allowed, or the
    /// machine failed the command. Nothing is recorded then.
    pub fn submit(
        &mut self,
        command: &RuntimeCommandRef<'_>,
    ) -> Result<Submitted<'_>, DurableError> {
        self.check()?;
        let ext_seq = command.ext_seq();
        if let Some(last) = self.position.ext_seq {
            if ext_seq <= last {
                return self.duplicate(ext_seq);
            }
            let missing = ext_seq - last - 1;
            if missing > 0 && self.options.strict_sequence {
                return Err(DurableError::Gap { last, found: ext_seq });
            }
            self.gaps += missing;
        }
        if self.batch.len() >= self.options.log.frame_bytes {
            // Backpressure: commands run no faster than the medium takes them.
            self.start_frame()?;
        }
        let interrupted = self.opened.interrupted.map(|interrupted| interrupted.ext_seq);
        let is_skipped =
            self.options.on_failure == OnFailure::Skip && !self.options.rerun_interrupted;
        if is_skipped && interrupted == Some(ext_seq) {
            self.record_interrupted(command)?;
        } else {
            self.run(command)?;
        }
        Ok(Submitted::Ran(self.last_logged()))
    }

    /// The entry of the command that ran last, while it is in the batch.
    pub(crate) fn last_logged(&self) -> Logged<'_> {
        match self.batch.last() {
            Some((number, bytes)) => Logged::new(bytes, number),
            None => unreachable!("the command's entry was added to the batch"),
        }
    }

    /// The position behind the last command that ran, durable or not.
    #[must_use]
    pub fn position(&self) -> &LogPosition {
        &self.position
    }

    /// How many numbers this process left out between two commands.
    #[must_use]
    pub fn gaps(&self) -> u64 {
        self.gaps
    }

    /// The findings and actions of opening the directory.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &DataDirectory {
        &self.directory
    }

    /// The plugin.
    #[must_use]
    pub fn plugin(&self) -> &LoadedPlugin {
        &self.plugin
    }

    /// The engine, with the records after the last command that ran.
    #[must_use]
    pub fn engine(&self) -> &GuardedEngine {
        &self.engine
    }

    /// Lets the plugin check its invariants.
    ///
    /// # Errors
    ///
    /// The invariant that does not hold, or the plugin's failure.
    pub fn validate(&mut self) -> Result<(), PluginFailure> {
        self.engine.validate().map_err(PluginFailure::from)
    }

    /// Makes everything durable, waits for a checkpoint that is being made, and unloads the plugin.
    ///
    /// # Errors
    ///
    /// The first of these that fails. The others are done all the same.
    pub fn close(self) -> Result<LogPosition, DurableError> {
        self.close_with_store().1
    }

    /// As [`close`](Self::close), and returns the records, also after an error.
    pub fn close_with_store(mut self) -> (Store, Result<LogPosition, DurableError>) {
        let synced = self.sync();
        self.checkpoints.wait();
        let made = self.checkpoints.take();
        let Self { engine, lock, directory, position, .. } = self;
        let (store, unloaded) = match engine.unload() {
            Ok(store) => (store, Ok(())),
            Err(failure) => {
                let (error, store) = failure.into_parts();
                (store, Err(DurableError::Engine(error)))
            }
        };
        let closed = synced
            .and_then(|_| Ok(lock.sync(&directory.lock())?))
            .and_then(|()| made.map(drop))
            .and(unloaded)
            .map(|()| position);
        (store, closed)
    }

    /// Checks that the next command may run.
    ///
    /// # Errors
    ///
    /// The reason why not.
    pub fn check(&self) -> Result<(), DurableError> {
        self.committer.watch().check()?;
        self.stopped.as_ref().map_or(Ok(()), |stop| Err(stop_error(stop)))
    }
}
