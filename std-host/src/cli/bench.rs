//! `bench`: measures a plugin, or compares two.

mod instructions;
mod report;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use statevec_host::{
    LoadedPlugin,
    bench::{GenerateError, Workload, compare, count, measure, run_measured},
};

use self::report::{Build, Report};
use super::{
    commands::{self, Commands},
    config,
    error::CliError,
    limits::LimitsText,
    output::print_to,
    plugin,
    plugin_args::{ConfigArgs, TrustArgs},
    stdio::Stdout,
};

/// Measure a plugin: throughput, latency, host calls, instructions and allocations
///
/// Commands run in memory, each round on a new engine without records. Instructions are counted if
/// there is valgrind or perf, and allocations if there is valgrind.
#[derive(Debug, clap::Args)]
#[command(after_help = BENCH_HELP)]
pub(crate) struct BenchArgs {
    /// A shared library, or the folder of a crate that builds one
    #[arg(value_name = "PLUGIN")]
    plugin: PathBuf,

    #[command(flatten)]
    trust: TrustArgs,

    #[command(flatten)]
    workload: WorkloadArgs,

    /// Seed of --generate; another one gives other commands
    #[arg(long, value_name = "N", default_value_t = 0, requires = "generate")]
    seed: u64,

    #[command(flatten)]
    config: ConfigArgs,

    /// TOML file with the limits of the plugin, as for `run`
    #[arg(long, value_name = "FILE")]
    limits: Option<PathBuf>,

    /// Another build, which takes turns with the first; the result has a confidence interval
    #[arg(long, value_name = "PLUGIN", conflicts_with = "sha256")]
    compare: Option<PathBuf>,

    /// How long to measure, in seconds
    #[arg(long, value_name = "S", default_value_t = 2.0, value_parser = seconds)]
    seconds: f64,

    /// Print one JSON object for programs to read
    #[arg(long)]
    json: bool,

    /// Run so many of the commands once and print nothing, for valgrind and perf
    #[arg(long, hide = true, value_name = "N")]
    run_once: Option<usize>,
}

/// The commands to run.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct WorkloadArgs {
    /// File with one command per line, or - for standard input
    #[arg(long, value_name = "FILE")]
    commands: Option<PathBuf>,

    /// Run so many random commands that are valid by the schema
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    generate: Option<u32>,
}

const BENCH_HELP: &str = "\
Examples:
  statevec-host bench libbank.so --commands commands.jsonl
  statevec-host bench libbank.so --generate 100000 --json
  statevec-host bench libbank.so --commands commands.jsonl --compare libbank-2.so";

/// The reason why there is nothing to measure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error("there are no commands to run; give a file with at least one")]
    Empty,
    #[error(transparent)]
    Generate(#[from] GenerateError),
    #[error(
        "{} has other commands than {}, so the two cannot run the same ones",
        other.display(), plugin.display()
    )]
    OtherCommands { plugin: PathBuf, other: PathBuf },
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("give a number from 0 to 3600".into()),
    }
}

pub(crate) fn bench(args: &BenchArgs) -> Result<(), CliError> {
    let config = config::read(&args.config)?;
    let limits = LimitsText::read(args.limits.as_deref())?;
    // Before the plugin's code runs: it may print.
    let mut out = Stdout::take().map_err(|source| CliError::Setup { source })?;
    let plugin = limits.apply(plugin::open(&args.plugin, &args.trust, args.json)?)?;
    let mut workload = workload(args, &plugin)?;
    if let Some(commands) = args.run_once {
        workload.truncate(commands);
        return Ok(run_measured(&plugin, &config, &workload)?);
    }
    let other = match &args.compare {
        Some(path) => Some(other(args, path, &plugin)?),
        None => None,
    };
    let duration = Duration::from_secs_f64(args.seconds);
    let build = |plugin: &LoadedPlugin, path: &Path, share: u32| {
        Ok::<_, CliError>(Build {
            file: path.display().to_string(),
            counted: count(plugin, &config, &workload)?,
            measured: measure(plugin, &config, &workload, duration / share)?,
            instructions: instructions::count(args, plugin, path, workload.len()),
        })
    };
    let share = if other.is_some() { 3 } else { 1 };
    let first = build(&plugin, &args.plugin, share)?;
    let compared = match (&other, &args.compare) {
        (Some(other), Some(path)) => {
            let build = build(other, path, share)?;
            let (first, other) = ((&plugin, &*config), (other, &*config));
            Some((build, compare(first, other, &workload, duration / share)?))
        }
        _ => None,
    };
    let report = Report::new(plugin.name(), workload.len(), &first, compared.as_ref());
    print_to(&mut out, args.json, &report, || report.to_string())
}

fn workload(args: &BenchArgs, plugin: &LoadedPlugin) -> Result<Workload, CliError> {
    let schema = plugin.schema();
    let WorkloadArgs { commands: Some(path), .. } = &args.workload else {
        let count = args.workload.generate.unwrap_or_default() as usize;
        return Ok(Workload::generate(schema, count, args.seed).map_err(BenchError::from)?);
    };
    let (input, _) = commands::open(path)?;
    let mut commands = Commands::new(Box::new(input), path, schema);
    let mut workload = Workload::new();
    while let Some((_, command)) = commands.next(schema)? {
        workload.push(&command);
    }
    if workload.is_empty() { Err(BenchError::Empty.into()) } else { Ok(workload) }
}

/// Loads the plugin that the first one is compared with. It gets the same limits.
fn other(args: &BenchArgs, path: &Path, plugin: &LoadedPlugin) -> Result<LoadedPlugin, CliError> {
    let other = plugin::open(path, &args.trust, args.json)?.with_limits(*plugin.limits());
    let [one, two] = [plugin, &other].map(|plugin| plugin.schema().fingerprints().commands);
    if one == two {
        return Ok(other);
    }
    Err(BenchError::OtherCommands { plugin: args.plugin.clone(), other: path.into() }.into())
}
