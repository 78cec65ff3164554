//! `status` and `checkpoint`: shows the state of a data directory, and makes a checkpoint of it.

use std::{fmt, fs, path::PathBuf, sync::Arc};

use serde::Serialize;
use statevec_host::{
    Sha256, checkpoint,
    durable::{CheckpointOptions, DataDirectory, DurableError, make_checkpoint},
    foreign_text::Escaped,
    txlog::{DirectoryLock, LogWalk, list_segments},
};

use super::{
    error::CliError,
    log_place::{Acknowledged, data_directory},
    output::print,
    summary::Number,
};

/// Show what is in a data directory, who writes to it, and what the next start would do
///
/// It takes no lock and changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {
    /// The data directory
    #[arg(value_name = "DIR")]
    directory: PathBuf,

    /// Print one JSON object for programs to read
    #[arg(long)]
    json: bool,
}

/// Make a checkpoint of a data directory's last entry, so that the next start reads less of the log
///
/// It merges the log into the checkpoint before; no plugin runs. It needs the directory's lock.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckpointArgs {
    /// The data directory
    #[arg(value_name = "DIR")]
    directory: PathBuf,

    /// Keep so many last entries, and remove older segments of the log that the checkpoint before
    /// covers, too. Without it all are kept
    #[arg(long, value_name = "N")]
    keep_entries: Option<u64>,

    /// Print one JSON object for programs to read
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Status {
    /// The holder of the lock; none when no process writes here.
    holder: Option<String>,
    plugin: Option<String>,
    plugin_sha256: Option<String>,
    /// The version of the schema behind the last entry.
    schema_version: Option<String>,
    config: Option<String>,
    segments: usize,
    bytes: u64,
    first_entry: u64,
    last_entry: u64,
    tx_seq: u64,
    last_ext_seq: Option<u64>,
    digest: String,
    /// Entries of the checkpoints, ascending.
    checkpoints: Vec<u64>,
    /// Entries behind the newest checkpoint, which the next start applies.
    to_apply: u64,
    /// The entry that a crash left incomplete, which the next start cuts off.
    torn_entry: Option<u64>,
    /// An entry that was acknowledged and is not in the log, so that the next start is refused.
    lost_entry: Option<u64>,
    /// The `ext_seq` of the command that was running when the last process ended.
    interrupted_ext_seq: Option<u64>,
}

pub(crate) fn status(args: &StatusArgs) -> Result<(), CliError> {
    let directory = data_directory(&args.directory, &args.directory)?;
    let storage = directory.storage();
    let acknowledged = Acknowledged::of(&directory)?;
    let segments = list_segments(&**storage, &directory.log())?;
    let first_entry = segments.first().map_or(1, |segment| segment.first_entry);
    let walk = walked(&directory, first_entry)?;
    let mut bytes = 0;
    for segment in &segments {
        let metadata = fs::metadata(&segment.path);
        let path = segment.path.clone();
        bytes += metadata.map_err(|source| CliError::LogPath { path, source })?.len();
    }
    let checkpoints = checkpoint::list(&**storage, &directory.checkpoints())
        .map_err(DurableError::from)?
        .into_iter()
        .map(|(entry, _)| entry)
        .collect::<Vec<_>>();
    let (_, interrupted) =
        DirectoryLock::left_behind(&**storage, &directory.lock()).map_err(DurableError::from)?;
    let holder =
        DirectoryLock::holder(&**storage, &directory.lock()).map_err(DurableError::from)?;
    let header = walk.end().is_some_and(|end| !end.is_empty()).then(|| walk.header());
    let position = walk.position();
    let status = Status {
        // While a process runs, its command is not interrupted.
        interrupted_ext_seq: interrupted
            .filter(|interrupted| holder.is_none() && interrupted.is_behind(position))
            .map(|interrupted| interrupted.ext_seq),
        holder,
        plugin: header.map(|header| header.plugin.clone()),
        schema_version: header.map(|header| header.schema_version.to_string()),
        plugin_sha256: header.map(|header| Sha256::from_bytes(header.plugin_sha256).to_string()),
        config: header.map(|header| header.config.clone()),
        segments: segments.len(),
        bytes,
        first_entry,
        last_entry: position.entry,
        tx_seq: position.tx_seq,
        last_ext_seq: position.ext_seq,
        digest: position.digest.to_string(),
        to_apply: position.entry
            - checkpoints.last().copied().unwrap_or(first_entry - 1).min(position.entry),
        checkpoints,
        torn_entry: walk.end().and_then(|end| end.torn.as_ref()).map(|torn| torn.entry),
        lost_entry: acknowledged.and_then(|acknowledged| acknowledged.lost_behind(position.entry)),
    };
    print(args.json, &status, || status.to_string())
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.holder {
            Some(holder) => writeln!(f, "writer       {}", Escaped(holder))?,
            None => writeln!(f, "writer       none")?,
        }
        let (Some(plugin), Some(sha256)) = (&self.plugin, &self.plugin_sha256) else {
            return match self.lost_entry {
                None => {
                    writeln!(f, "the log has no entries; the next start begins with an empty state")
                }
                Some(_) => self.next_start(f),
            };
        };
        writeln!(f, "plugin       {}, file {sha256}", Escaped(plugin))?;
        if let Some(version) = &self.schema_version {
            writeln!(f, "schema       version {version}")?;
        }
        writeln!(f, "entries      {} to {}", self.first_entry, self.last_entry)?;
        let (segments, bytes) =
            (Number(self.segments as u64, "segment"), Number(self.bytes, "byte"));
        writeln!(f, "log          {segments}, {bytes}")?;
        writeln!(f, "committed    {}", Number(self.tx_seq, "transaction"))?;
        if let Some(ext_seq) = self.last_ext_seq {
            writeln!(f, "last ext_seq {ext_seq}")?;
        }
        writeln!(f, "digest       {}", self.digest)?;
        match self.checkpoints.last() {
            Some(entry) => writeln!(f, "checkpoint   entry {entry}")?,
            None => writeln!(f, "checkpoint   none")?,
        }
        self.next_start(f)
    }
}

impl Status {
    fn next_start(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entry) = self.lost_entry {
            return writeln!(
                f,
                "next start   is refused: entry {entry} was acknowledged, and the log ends with entry {}; \
                 `log verify` says how to go on",
                self.last_entry
            );
        }
        write!(f, "next start   applies {}", Number(self.to_apply, "entry"))?;
        if let Some(entry) = self.torn_entry {
            write!(
                f,
                ", and cuts off the log from entry {entry} on, which was never acknowledged"
            )?;
        }
        if let Some(ext_seq) = self.interrupted_ext_seq {
            write!(f, "; the last process ended while it ran the command with ext_seq {ext_seq}")?;
        }
        f.write_str("\n")
    }
}

#[derive(Debug, Serialize)]
struct Made {
    entry: u64,
    /// True if a checkpoint was made: there may have been one of the last entry.
    is_new: bool,
    path: Option<PathBuf>,
    /// Files of the log that were removed.
    removed: Vec<PathBuf>,
}

pub(crate) fn checkpoint(args: &CheckpointArgs) -> Result<(), CliError> {
    let directory = data_directory(&args.directory, &args.directory)?;
    let storage = directory.storage();
    let holder = format!("statevec-host checkpoint, process {}", std::process::id());
    let _lock = DirectoryLock::take(&**storage, directory.root(), &directory.lock(), &holder)?;
    let acknowledged = Acknowledged::of(&directory)?;
    let segments = list_segments(&**storage, &directory.log())?;
    let walk = walked(&directory, segments.first().map_or(1, |segment| segment.first_entry))?;
    let position = *walk.position();
    if let Some(acknowledged) = acknowledged {
        acknowledged.check_is_in(position.entry)?;
    }
    let retention = args.keep_entries.into();
    let options = CheckpointOptions { retention, ..CheckpointOptions::default() };
    let made = make_checkpoint(&directory, &position, &options)?;
    let (entry, is_new) = (position.entry, made.is_some());
    let (path, removed) = made.map(|made| (made.path, made.removed)).unzip();
    let result = Made { entry, is_new, path, removed: removed.unwrap_or_default() };
    print(args.json, &result, || result.to_string())
}

/// A walk that has read all entries.
fn walked(directory: &DataDirectory, first_entry: u64) -> Result<LogWalk, CliError> {
    let mut walk = LogWalk::open(Arc::clone(directory.storage()), &directory.log(), first_entry)?;
    walk.for_each(|_| Ok::<_, CliError>(()))?;
    Ok(walk)
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entry, path, removed, .. } = self;
        match path {
            Some(path) => writeln!(f, "checkpoint of entry {entry}: {}", path.display())?,
            None => writeln!(f, "there is a checkpoint of entry {entry} already")?,
        }
        removed.iter().try_for_each(|path| writeln!(f, "removed {}", path.display()))
    }
}
