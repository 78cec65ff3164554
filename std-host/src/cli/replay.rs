//! `replay`: runs recorded commands again, and compares the results.

use std::{
    fmt, fs,
    io::{self, BufWriter},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::{
    LoadedPlugin,
    durable::DataDirectory,
    foreign_text::EscapedLines,
    json::JsonWriter,
    replay::{DescribedDivergence, ReplayOptions, ReplaySummary, Replayer},
    storage::{FileSystem, Storage},
};

use super::{
    args::{ConfigArgs, TrustArgs},
    config,
    error::CliError,
    interrupt::Interrupt,
    log::{Lines, Only},
    output::print_to,
    plugin,
    state::StateOut,
    stdio::{Stdout, write_stderr},
};

/// Run the commands of a log again and name the first difference
///
/// With the plugin build that wrote the log, this proves that the plugin is deterministic. With a
/// new build it shows what a release would have done to real history. Without a plugin it applies
/// the recorded changes and checks every digest. Exit code 3 means that something differs.
#[derive(Debug, clap::Args)]
#[command(after_help = REPLAY_HELP)]
pub(crate) struct ReplayArgs {
    /// A data directory, or a single log file as `run --record` or firmware writes it
    #[arg(value_name = "DIR|FILE")]
    path: PathBuf,

    /// The plugin build to run: a shared library, or the folder of a crate that builds one
    #[arg(long, value_name = "PLUGIN")]
    plugin: Option<PathBuf>,

    #[command(flatten)]
    trust: TrustArgs,

    #[command(flatten)]
    config: ConfigArgs,

    /// File with the plugin's schema JSON, for a log file without --plugin
    #[arg(long, value_name = "FILE", conflicts_with = "plugin")]
    schema: Option<PathBuf>,

    /// The first entry to run again; recorded changes are applied before it
    #[arg(long, value_name = "N", default_value_t = 1)]
    from: u64,

    /// The last entry
    #[arg(long, value_name = "N")]
    to: Option<u64>,

    /// The last transaction
    #[arg(long, value_name = "N")]
    to_tx_seq: Option<u64>,

    /// Go on behind a difference, from the recorded state, and count all of them
    #[arg(long)]
    keep_going: bool,

    /// Print the recorded events or changes of what is replayed, one JSON object each
    #[arg(long, value_enum, conflicts_with = "json")]
    emit: Option<Only>,

    /// Write all records after the last entry here, one JSON object per line
    #[arg(long, value_name = "FILE")]
    state_out: Option<PathBuf>,

    /// Print one JSON object for programs to read
    #[arg(long)]
    json: bool,

    /// No progress
    #[arg(long, short)]
    quiet: bool,
}

const REPLAY_HELP: &str = "\
Exit codes:
  0  nothing differs
  1  the log is damaged, or the plugin or the host failed
  2  the input is wrong
  3  the replay differs from the log

Examples:
  statevec-host replay data
  statevec-host replay data --plugin libbank.so
  statevec-host replay data --plugin libbank-2.so --keep-going --json
  statevec-host replay data --to-tx-seq 1000 --state-out then.jsonl
  statevec-host replay firmware.txlog --plugin examples/bank";

pub(crate) fn replay(args: &ReplayArgs) -> Result<(), CliError> {
    let options = ReplayOptions {
        from: args.from,
        to_entry: args.to,
        to_tx_seq: args.to_tx_seq,
        keep_going: args.keep_going,
        config: args.config.is_given().then(|| config::read(&args.config)).transpose()?,
    };
    let state_out =
        args.state_out.as_deref().map(|path| StateOut::find(path, false)).transpose()?;
    let setup = |source| CliError::Setup { source };
    let interrupt = Interrupt::watch().map_err(setup)?;
    // Before the plugin's code runs: it may print.
    let mut stdout = Stdout::take().map_err(setup)?;
    let loaded = match &args.plugin {
        Some(path) => Some(plugin::open(path, &args.trust, args.quiet)?),
        None => None,
    };
    let mut replayer = open(args, loaded.as_ref(), options)?;
    let writer = JsonWriter::new(replayer.schema());
    let progress = progress(args.quiet);
    let mut lines = Lines::new(&writer, args.emit, BufWriter::new(&mut stdout));
    let mut written = Ok(());
    while replayer.step(|walked, _| {
        progress.inc(1);
        if args.emit.is_some() && written.is_ok() {
            written = lines.entry(walked, None);
        }
    })? {}
    progress.finish_and_clear();
    written?;
    lines.flush()?;
    drop(lines);
    report(args, &replayer, &mut stdout)?;
    if let Some(state_out) = state_out {
        let store = replayer.store().ok_or(CliError::NoState)?;
        state_out.write(store, &mut stdout, &interrupt)?;
    }
    match replayer.summary().divergences() {
        0 => Ok(()),
        count => Err(CliError::Diverged { count }),
    }
}

fn open(
    args: &ReplayArgs,
    plugin: Option<&LoadedPlugin>,
    options: ReplayOptions,
) -> Result<Replayer, CliError> {
    let path = &args.path;
    let storage: Arc<dyn Storage> = Arc::new(FileSystem);
    let metadata =
        fs::metadata(path).map_err(|source| CliError::LogPath { path: path.clone(), source })?;
    if !metadata.is_dir() {
        let schema = args.schema.as_deref().map(read_schema).transpose()?;
        return Ok(Replayer::of_file(&storage, path, plugin, schema, options)?);
    }
    if !path.join("log").is_dir() {
        return Err(CliError::NoDataDirectory { path: path.clone() });
    }
    Ok(Replayer::of_directory(&DataDirectory::new(storage, path), plugin, options)?)
}

fn read_schema(path: &Path) -> Result<Arc<SchemaRegistry>, CliError> {
    let refused = |source| CliError::SchemaFile { path: path.into(), source };
    let text = fs::read_to_string(path).map_err(refused)?;
    let schema = SchemaRegistry::from_idl_json(&text);
    schema
        .map(Arc::new)
        .map_err(|source| refused(io::Error::new(io::ErrorKind::InvalidData, source)))
}

/// A count of entries on standard error, if that is a terminal.
fn progress(quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} entries, {per_sec}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

#[derive(Serialize)]
struct Report<'r> {
    entries: u64,
    /// Commands that the plugin ran again.
    ran: u64,
    /// Commands that had ended their process and were not run again.
    skipped: u64,
    last_entry: u64,
    digest: String,
    outcomes: u64,
    events: u64,
    records: u64,
    digests: u64,
    first: Option<DescribedDivergence<'r>>,
    #[serde(skip)]
    summary: &'r ReplaySummary,
    #[serde(skip)]
    has_plugin: bool,
}

fn report(args: &ReplayArgs, replayer: &Replayer, stdout: &mut Stdout) -> Result<(), CliError> {
    let summary = replayer.summary();
    let described = |divergence| DescribedDivergence { schema: replayer.schema(), divergence };
    let report = Report {
        entries: summary.entries,
        ran: summary.ran,
        skipped: summary.skipped,
        last_entry: replayer.position().entry,
        digest: replayer.position().digest.to_string(),
        outcomes: summary.outcomes,
        events: summary.events,
        records: summary.records,
        digests: summary.digests,
        first: summary.first.as_ref().map(described),
        summary,
        has_plugin: args.plugin.is_some(),
    };
    if args.emit.is_some() {
        // Standard output has the emitted lines only.
        let _told = write_stderr(report.to_string().as_bytes());
        return Ok(());
    }
    print_to(stdout, args.json, &report, || report.to_string())
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entries, ran, skipped, last_entry, digest, .. } = self;
        if self.has_plugin {
            write!(f, "replayed {entries} entries: {ran} commands ran again")?;
        } else {
            write!(f, "replayed {entries} entries: applied the recorded changes, no plugin ran")?;
        }
        if *skipped > 0 {
            write!(f, ", {skipped} that had ended their process did not")?;
        }
        match self.summary.divergences() {
            0 => writeln!(f, "; nothing differs")?,
            1 => writeln!(f, "; 1 differs")?,
            count => writeln!(
                f,
                "; {count} differ: {} in the outcome, {} in events, {} in records, {} in the digest",
                self.outcomes, self.events, self.records, self.digests
            )?,
        }
        if let Some(first) = &self.first {
            writeln!(f, "first difference: {}", EscapedLines(first))?;
        }
        writeln!(f, "state after entry {last_entry}: digest {digest}")
    }
}
