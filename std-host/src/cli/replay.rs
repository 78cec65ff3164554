//! `replay`: runs recorded commands again, and compares the results.

mod report;
mod source;

use std::{path::PathBuf, sync::Arc, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use statevec_host::{
    json::JsonWriter,
    replay::{Divergence, ReplayOptions, Replayer},
    txlog::Walked,
};

use self::report::Report;
use super::{
    config,
    crash::{self, Call},
    error::CliError,
    interrupt::{Interrupt, Signal},
    limits::LimitsText,
    log::{Lines, Only},
    log_place::LogPlace,
    named_path::NamedPath,
    outcome_buffer::OutcomeBuffer,
    output::{print_to, unless_closed},
    plugin,
    plugin_args::{ConfigArgs, TrustArgs},
    state::StateOut,
    stdio::{Stdout, write_stderr},
};

/// Run the commands of a log again and name the first difference
///
/// With the plugin build that wrote the log, this proves that the plugin is deterministic. With a
/// new build it shows what a release would have done to real history. Without a plugin it applies
/// the recorded changes and checks every digest. Exit code 3 means that something differs.
#[derive(Debug, clap::Args)]
#[command(
    after_help = REPLAY_HELP,
    mut_arg("config", |arg| arg.help(OTHER_CONFIG).requires("build")),
    mut_arg("config_file", |arg| arg.requires("build")),
    mut_arg("sha256", |arg| arg.requires("plugin")),
    mut_arg("allow_world_writable", |arg| arg.requires("plugin"))
)]
pub(crate) struct ReplayArgs {
    /// A data directory, or a single log file as `run --record` or firmware writes it
    #[arg(value_name = "DIR|FILE")]
    path: PathBuf,

    /// The plugin build to run: a shared library, or the folder of a crate that builds one
    #[arg(long, value_name = "PLUGIN", group = "build")]
    plugin: Option<PathBuf>,

    #[command(flatten)]
    trust: TrustArgs,

    /// Run each entry with the build that wrote it, as the directory keeps it. Entries of other
    /// schemas than that of --plugin always run so
    #[arg(long, conflicts_with = "plugin", group = "build")]
    kept_builds: bool,

    #[command(flatten)]
    config: ConfigArgs,

    /// TOML file with the limits of the plugin [default: the recorded ones]
    #[arg(long, value_name = "FILE", requires = "plugin")]
    limits: Option<PathBuf>,

    /// File with the plugin's schema JSON, for a log file without --plugin
    #[arg(long, value_name = "FILE", conflicts_with = "plugin")]
    schema: Option<PathBuf>,

    /// The first entry to run again; recorded changes are applied before it
    #[arg(long, value_name = "N", default_value_t = 1)]
    from: u64,

    /// The last entry to replay [default: the last in the log]
    #[arg(long, value_name = "N")]
    to: Option<u64>,

    /// The last transaction to replay, by its tx_seq
    #[arg(long, value_name = "N")]
    to_tx_seq: Option<u64>,

    /// Go on behind a difference, from the recorded state, and count all of them
    #[arg(long)]
    keep_going: bool,

    /// Print the recorded events or changes of what is replayed, one JSON object each
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "json")]
    emit: Option<Only>,

    /// Write all records after the last entry here, one JSON object per line
    #[arg(long, value_name = "FILE")]
    state_out: Option<PathBuf>,

    /// Print one JSON object for programs to read
    #[arg(long)]
    json: bool,

    /// Print no progress, and no messages of cargo
    #[arg(long, short)]
    quiet: bool,
}

/// The help of `--config`, whose default is another one than with `run`.
const OTHER_CONFIG: &str = "Configuration text for the plugin [default: the recorded one]";

const REPLAY_HELP: &str = "\
Exit codes:
  0  nothing differs
  1  the log is damaged, or the plugin or the host failed
  2  the input is wrong
  3  the replay differs from the log

Examples:
  statevec-host replay data
  statevec-host replay data --kept-builds
  statevec-host replay data --plugin libbank.so
  statevec-host replay data --plugin libbank-2.so --keep-going --json
  statevec-host replay data --to-tx-seq 1000 --state-out then.jsonl
  statevec-host replay firmware.txlog --plugin examples/bank";

pub(crate) fn replay(args: &ReplayArgs) -> Result<(), CliError> {
    let limits = LimitsText::read(args.limits.as_deref())?;
    let mut options = ReplayOptions {
        from: args.from,
        to_entry: args.to,
        to_tx_seq: args.to_tx_seq,
        keep_going: args.keep_going,
        config: args.config.is_given().then(|| config::read(&args.config)).transpose()?,
        plugin_limits: None,
    };
    let setup = |source| CliError::Setup { source };
    // Paths are resolved, and standard output is taken, before the plugin's code runs: it may
    // change the working folder, and print.
    let log = NamedPath::find(&args.path).map_err(setup)?;
    let state_out = source::find_state_out(args)?;
    let log = LogPlace::find(log.shown(), log.place())?;
    let acknowledged = log.acknowledged()?;
    let interrupt = Interrupt::watch().map_err(setup)?;
    let mut out = OutcomeBuffer::of_stdout(Stdout::take().map_err(setup)?);
    let loaded = match &args.plugin {
        Some(path) => Some(
            plugin::open(path, &args.trust, args.quiet)
                .map_err(|error| CliError::from(error).or_signal(&interrupt))?,
        ),
        None => None,
    };
    let loaded = match loaded {
        Some(plugin) if args.limits.is_some() => {
            let plugin = limits.apply(plugin)?;
            options.plugin_limits = Some(*plugin.limits());
            Some(plugin)
        }
        loaded => loaded,
    };
    let mut replayer = source::open(&log, args.schema.as_deref(), loaded.as_ref(), options)?;
    let has_plugin = args.plugin.is_some() || args.kept_builds;
    if has_plugin && let Some(load) = source::kept_builds(&log) {
        replayer = replayer.load_builds(load);
    }
    let signal = replay_entries(args, &mut replayer, &mut out, &interrupt)?;
    let (last, count) = (replayer.position().entry, replayer.summary().divergences());
    if has_plugin && args.from > last && count == 0 && signal.is_none() {
        return Err(CliError::FromBehindEnd { from: args.from, last });
    }
    let report = Report::of(&replayer, has_plugin);
    if args.emit.is_some() {
        // Standard output has the emitted lines only.
        let _told = write_stderr(report.to_string().as_bytes());
    } else {
        print_to(&mut out, args.json, &report, || report.to_string())?;
    }
    if let Some(signal) = signal {
        return Err(CliError::ReplayInterrupted { signal, entry: last });
    }
    if let Some(state_out) = state_out {
        let store = replayer.store().ok_or(CliError::NoState)?;
        state_out.write(store, &mut out, &interrupt)?;
    }
    if count > 0 {
        return Err(CliError::Diverged { count });
    }
    match acknowledged {
        Some(acknowledged) if replayer.end().is_some() => Ok(acknowledged.check_is_in(last)?),
        _ => Ok(()),
    }
}

/// Replays entries up to the end, a divergence, or a signal, which it returns.
fn replay_entries(
    args: &ReplayArgs,
    replayer: &mut Replayer,
    out: &mut OutcomeBuffer<Stdout>,
    interrupt: &Interrupt,
) -> Result<Option<Signal>, CliError> {
    let progress = progress(args.quiet);
    let mut lines = Lines::new(args.emit, out);
    let mut schema = None;
    let mut written = Ok(());
    let mut signal = None;
    loop {
        let entry = replayer.position().entry.saturating_add(1);
        let next = replayer.schema();
        if args.emit.is_some() && schema.as_ref() != Some(next) {
            lines.set_writer(Arc::new(JsonWriter::new(next)));
            schema = Some(Arc::clone(next));
        }
        let each = |walked: &Walked<'_>, _: Option<&Divergence>| {
            crash::next_entry(walked.entry.number().saturating_add(1));
            progress.inc(1);
            if args.emit.is_some() && written.is_ok() {
                written = lines.entry(walked, None);
            }
        };
        if !crash::during(Call::Entry(entry), || replayer.step(each))? {
            break;
        }
        signal = interrupt.received();
        if signal.is_some() {
            break;
        }
    }
    progress.finish_and_clear();
    unless_closed(written.and_then(|()| lines.flush()))?;
    Ok(signal)
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
