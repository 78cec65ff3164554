//! `check`: whether a plugin keeps the contract and is deterministic.

pub(crate) mod error;
mod report;

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use statevec_host::check::{self, Area, CHECKS, Check, CheckOptions, ChildProgram, Report, Status};
use statevec_host::text_file;

use self::error::CheckCommandError;
use super::config;
use super::error::CliError;
use super::interrupt::Interrupt;
use super::named_path::NamedPath;
use super::output::{print_to, unless_closed};
use super::plugin;
use super::plugin_args::{ConfigArgs, TrustArgs};
use super::stdio::Stdout;

/// Check that a plugin keeps the contract and is deterministic
///
/// Each check runs in a process of its own, with limits of time, memory and file size: a crash or a
/// hang is a finding. Commands are generated from the plugin's schema; one that fails a check is
/// made as simple as possible. The same seed gives the same report.
#[derive(Debug, clap::Args)]
#[command(after_long_help = HELP)]
pub(crate) struct CheckArgs {
    /// A shared library, or the folder of a crate that builds one (cargo builds it first, in
    /// release)
    #[arg(value_name = "PLUGIN", required_unless_present = "list")]
    plugin: Option<PathBuf>,

    #[command(flatten)]
    trust: TrustArgs,

    #[command(flatten)]
    config: ConfigArgs,

    /// File with commands as `run` reads them, which are mixed into the generated ones
    #[arg(long, value_name = "FILE")]
    examples: Option<PathBuf>,

    /// Make this check only; may be given several times
    #[arg(long, value_name = "CHECK", value_parser = check_named)]
    only: Vec<&'static Check>,

    /// Explain the checks, and make none
    #[arg(long)]
    list: bool,

    /// Seed of the generated commands
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// How many commands are generated, and what counts as a failure
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = Strictness::Standard)]
    strictness: Strictness,

    /// The most seconds that one process may take
    #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT,
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,

    /// The most memory that one process may take, in MiB (not on Windows)
    #[arg(long, value_name = "MIB", default_value_t = MEMORY,
        value_parser = clap::value_parser!(u64).range(64..=1_048_576))]
    memory: u64,

    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,

    /// Write the report to this file as JUnit XML, too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// The most seconds of one process.
const TIMEOUT: u64 = 20;
/// The most MiB of one process.
const MEMORY: u64 = 4096;

/// The first argument of a process that makes one check; the second is its folder. It is no command
/// for people, so it stands in no help, completion or manual page.
const CHILD: &str = "check-child";

/// The folder of the check, if this process was started to make one.
pub(crate) fn child_folder() -> Option<PathBuf> {
    let mut arguments = env::args_os().skip(1);
    let is_child = arguments.next()? == CHILD;
    arguments.next().filter(|_| is_child).map(PathBuf::from)
}

/// The strictness of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Strictness {
    /// Contract and determinism only, with few commands
    Basic,
    /// All checks; warnings are shown
    Standard,
    /// All checks, with four times as many commands; warnings are failures
    Strict,
}

impl Strictness {
    const fn cases(self) -> u32 {
        match self {
            Self::Basic => 16,
            Self::Standard => 64,
            Self::Strict => 256,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Standard => "standard",
            Self::Strict => "strict",
        }
    }

    /// The checks that a run makes, unless the user names some.
    fn checks(self) -> Vec<&'static Check> {
        let is_made = |check: &&Check| {
            self != Self::Basic || matches!(check.area, Area::Contract | Area::Determinism)
        };
        CHECKS.iter().filter(is_made).collect()
    }
}

const HELP: &str = "\
Exit codes: 0 the plugin passes; 1 a check failed, or warned with --strictness strict; 2 the
arguments are wrong.

Examples:
  statevec-host check examples/bank
  statevec-host check libbank.so --only new-instance --seed 7
  statevec-host check libbank.so --examples commands.jsonl --strictness strict --junit report.xml
  statevec-host check --list";

fn check_named(name: &str) -> Result<&'static Check, String> {
    check::find(name).ok_or_else(|| "there is no such check; --list shows all".to_owned())
}

pub(crate) fn check(args: &CheckArgs) -> Result<(), CliError> {
    let setup = |source| CliError::Setup { source };
    let mut out = Stdout::take().map_err(setup)?;
    let Some(plugin) = args.plugin.as_deref().filter(|_| !args.list) else {
        let written = out.write_all(report::list().as_bytes()).and_then(|()| out.flush());
        return unless_closed(written.map_err(|source| CliError::Output { source }));
    };
    let junit = args.junit.as_deref().map(NamedPath::find).transpose();
    let junit = junit.map_err(setup)?;
    let interrupt = Interrupt::watch().map_err(setup)?;
    let report = make(args, plugin, &interrupt).map_err(|error| match interrupt.received() {
        Some(signal) => CliError::CheckInterrupted { signal },
        None => error,
    })?;
    let is_strict = args.strictness == Strictness::Strict;
    if let Some(file) = &junit {
        write_junit(file, &report, is_strict)?;
    }
    print_to(&mut out, args.json, &report, || report::text(&report))?;
    let failed = report.count(Status::Fail);
    let failed = if is_strict { failed + report.count(Status::Warn) } else { failed };
    if failed > 0 { Err(CheckCommandError::Failed { count: failed }.into()) } else { Ok(()) }
}

fn make(args: &CheckArgs, plugin: &Path, interrupt: &Interrupt) -> Result<Report, CliError> {
    let program = env::current_exe().map_err(|source| CliError::Setup { source })?;
    let program = ChildProgram { program, arguments: vec![CHILD.into()] };
    let options = options(args, plugin)?;
    let report = check::run(&options, &program, &|| interrupt.received().is_some());
    Ok(report.map_err(CheckCommandError::from)?)
}

/// Makes one check, in the process that was started for it.
pub(crate) fn check_child(folder: &Path) -> Result<(), CliError> {
    // SAFETY: the user of the program vouches for the plugin by naming it; the help and the README
    // say that its code runs (rule 6).
    let done = unsafe { check::run_child(folder) };
    done.map_err(|source| CliError::Setup { source })
}

fn options(args: &CheckArgs, plugin: &Path) -> Result<CheckOptions, CliError> {
    let (file, allow_world_writable) = plugin::find(plugin, &args.trust, false)?;
    let path = NamedPath::find(&file).map_err(|source| CliError::Setup { source })?;
    let only = if args.only.is_empty() { args.strictness.checks() } else { args.only.clone() };
    Ok(CheckOptions {
        plugin: path.place().to_owned(),
        shown: plugin.display().to_string(),
        sha256: args.trust.sha256,
        allow_world_writable,
        config: config::read(&args.config)?,
        examples: examples(args.examples.as_deref())?,
        seed: args.seed,
        cases: args.strictness.cases(),
        only,
        seconds: args.timeout,
        memory_mib: args.memory,
        arguments: arguments(args),
    })
}

/// The commands in a file, without blank lines.
fn examples(path: Option<&Path>) -> Result<Vec<String>, CliError> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let text = text_file::read(path, MOST_EXAMPLES)
        .map_err(|source| CheckCommandError::Examples { path: path.to_owned(), source })?;
    Ok(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect())
}

/// The longest file of examples, in bytes.
const MOST_EXAMPLES: usize = 4 << 20;

/// The options that reproduce a run, as they are typed.
fn arguments(args: &CheckArgs) -> String {
    let mut text = String::new();
    if args.strictness != Strictness::Standard {
        text += &format!(" --strictness {}", args.strictness.name());
    }
    for (option, value, default) in
        [("timeout", args.timeout, TIMEOUT), ("memory", args.memory, MEMORY)]
    {
        if value != default {
            text += &format!(" --{option} {value}");
        }
    }
    if let Some(config) = &args.config.config {
        text += &format!(" --config '{}'", config.replace('\'', r"'\''"));
    }
    if let Some(file) = &args.config.config_file {
        text += &format!(" --config-file {}", file.display());
    }
    if let Some(file) = &args.examples {
        text += &format!(" --examples {}", file.display());
    }
    text
}

fn write_junit(file: &NamedPath, report: &Report, strict: bool) -> Result<(), CheckCommandError> {
    let path = || file.shown().to_owned();
    let text = check::junit(report, strict)
        .map_err(|source| CheckCommandError::Xml { path: path(), source })?;
    fs::write(file.place(), text)
        .map_err(|source| CheckCommandError::JUnit { path: path(), source })
}
