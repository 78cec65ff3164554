//! The arguments of the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::bench::BenchArgs;
use super::check::CheckArgs;
use super::data::{CheckpointArgs, StatusArgs};
use super::header::HeaderArgs;
use super::log::LogArgs;
use super::migrate::MigrateArgs;
use super::new::NewArgs;
use super::plugin_args::{ConfigArgs, TrustArgs};
use super::replay::ReplayArgs;
use super::sample::CommandsArgs;
use super::schema::SchemaArgs;
use super::shell::{CompletionsArgs, ManArgs};

// A macro, because `concat!` takes literals only.
macro_rules! exit_codes {
    () => {
        "\
Exit codes:
  0  everything ran; rejected commands included
  1  the plugin or the host failed: it cannot be built or loaded, a command failed, an invariant does not hold, a check failed, a log is damaged, the disk is full
  2  the input is wrong: arguments, a configuration that the plugin refuses, a file that cannot be read, a line that is no command of the plugin
  3  a replay differs from the log (replay)
  130  SIGINT came, and the running command ended first; 143 for SIGTERM"
    };
}

/// Run, record, replay and check StateVec plugins.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = exit_codes!())]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) action: Action,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    Run(RunArgs),
    Bench(BenchArgs),
    Check(CheckArgs),
    Inspect(InspectArgs),
    Commands(CommandsArgs),
    Schema(SchemaArgs),
    Header(HeaderArgs),
    New(NewArgs),
    Log(LogArgs),
    Replay(ReplayArgs),
    Migrate(MigrateArgs),
    Status(StatusArgs),
    Checkpoint(CheckpointArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Run commands through a plugin and print the outcome of each
///
/// Reads one JSON object per line, runs each as one transaction, and prints one JSON object per
/// command, in order. A rejected command is an outcome like any other; a failed one ends the run.
/// Records are kept in memory only, unless --data names a directory for them.
#[derive(Debug, clap::Args)]
#[command(after_long_help = RUN_HELP)]
pub(crate) struct RunArgs {
    /// A shared library, or the folder of a crate that builds one (cargo builds it first, in
    /// release)
    #[arg(long, value_name = "PATH")]
    pub(crate) plugin: PathBuf,

    #[command(flatten)]
    pub(crate) trust: TrustArgs,

    /// File with one command per line, or - for standard input; blank lines are skipped
    #[arg(long, value_name = "FILE")]
    pub(crate) commands: PathBuf,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// TOML file with the limits of the plugin: the records and events that it may use, and the
    /// budgets of each command
    #[arg(long, value_name = "FILE")]
    pub(crate) limits: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) durability: DurabilityArgs,

    /// Let each line without ext_seq take its number in the input, so that a file that was
    /// interrupted can be run again as a whole
    #[arg(long, value_name = "line")]
    pub(crate) ext_seq: Option<ExtSeq>,

    /// Answer a line that is no command with "status":"invalid", and go on with the next one
    #[arg(long)]
    pub(crate) keep_going: bool,

    /// Let the plugin check its invariants, at the end or after each committed command; a violation
    /// is exit code 1
    #[arg(
        long,
        value_name = "WHEN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "end"
    )]
    pub(crate) check_invariants: Option<CheckInvariants>,

    /// Start with the records in this file, as --state-out wrote them; with --data only if the
    /// directory is new
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    pub(crate) state_in: Option<PathBuf>,

    /// Write all records here, one JSON object per line, when everything went well; - is standard
    /// output, with --no-outcomes
    #[arg(long, value_name = "FILE")]
    pub(crate) state_out: Option<PathBuf>,

    /// Write the records also when the run ends with an error or a signal: those of the last
    /// committed command
    #[arg(long, requires = "state_out")]
    pub(crate) state_out_on_error: bool,

    /// Do not print outcomes
    #[arg(long)]
    pub(crate) no_outcomes: bool,

    /// Print the plugin's debug messages on standard error, with the command's ext_seq
    #[arg(long)]
    pub(crate) log: bool,

    /// Print each host call of the plugin with its answer on standard error, one JSON object per
    /// line
    #[arg(long, conflicts_with_all = ["data", "record"])]
    pub(crate) trace: bool,

    /// Print outcomes and errors only: no progress, no summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Durable results.
#[derive(Debug, clap::Args)]
pub(crate) struct DurabilityArgs {
    /// Keep records and results in this directory: outcomes are printed after they are durable, and
    /// the next run goes on where this one stopped
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// Record each command with its result in this new file, for `log` and `replay`
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    pub(crate) record: Option<PathBuf>,

    /// Make results durable after so many commands, or after a time such as 5ms [default: 1024];
    /// always before waiting for input
    #[arg(long, value_name = "N|MS", requires = "data")]
    pub(crate) sync_every: Option<super::runner::SyncEvery>,

    /// Make a checkpoint beside the commands whenever the log has grown by so many MiB, and by the
    /// size of the checkpoint before; or never [default: 256]
    #[arg(long, value_name = "MIB|never", requires = "data")]
    pub(crate) checkpoint_every: Option<super::runner::CheckpointEvery>,

    /// Keep so many last entries: a checkpoint removes older segments of the log that the one
    /// before covers, too. Without it all are kept
    #[arg(long, value_name = "N", requires = "data")]
    pub(crate) keep_entries: Option<u64>,

    /// After a failed command, stop the run or go on
    #[arg(long, value_enum, value_name = "WHAT", default_value = "stop", requires = "data")]
    pub(crate) on_failure: OnFailureArg,

    /// Refuse a gap between the ext_seq of two commands
    #[arg(long, requires = "data")]
    pub(crate) strict_sequence: bool,
}

/// The reaction to a failed command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OnFailureArg {
    /// The run stops behind it
    Stop,
    /// The run goes on; a command that ended the last process is not run again
    Skip,
}

impl From<OnFailureArg> for statevec_host::durable::OnFailure {
    fn from(argument: OnFailureArg) -> Self {
        match argument {
            OnFailureArg::Stop => Self::Stop,
            OnFailureArg::Skip => Self::Skip,
        }
    }
}

/// The source of a command's ext_seq.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ExtSeq {
    /// The number of the line
    Line,
}

/// When the plugin checks its invariants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum CheckInvariants {
    /// After the last command
    End,
    /// After each committed command, too
    Each,
}

/// Show what a plugin declares: its name, versions, fingerprints, records, commands and events; and
/// its file's digest
#[derive(Debug, clap::Args)]
#[command(after_help = INSPECT_HELP)]
pub(crate) struct InspectArgs {
    /// A shared library, or the folder of a crate that builds one (cargo builds it first, in
    /// release)
    #[arg(value_name = "PATH")]
    pub(crate) plugin: PathBuf,

    #[command(flatten)]
    pub(crate) trust: TrustArgs,

    /// Print one JSON object for programs to read: name, ABI version, the file's digest, and the
    /// plugin's schema as it stands in the plugin
    #[arg(long)]
    pub(crate) json: bool,
}

const RUN_HELP: &str = concat!(
    r#"Input, one object per line; "ext_seq" (default: previous + 1, from 1) and "ref_ext_time_us" (microseconds, default 0) are optional:
  {"command":"Deposit","payload":{"account_id":1,"amount":100},"ext_seq":7,"ref_ext_time_us":1700000000000000}

Output:
  {"ext_seq":7,"command":"Deposit","status":"committed","tx_seq":1,"events":[{"event":"BalanceChanged","payload":{…}}]}
  {"ext_seq":8,"command":"Withdraw","status":"rejected","error":{"phase":"run_tx","kind":2001,"name":"PLUGIN_REJECTED","message":"…"}}

Values: integers are numbers, u128 is a string of digits, an enum is its variant's name, bytes are a string or {"hex":"00ff"}.

Examples:
  statevec-host run --plugin examples/bank --commands examples/bank/commands.jsonl
  statevec-host run --plugin libbank.so --commands - --config-file bank.toml < commands.jsonl
  statevec-host run --plugin libbank.so --sha256 "$PINNED" --commands day.jsonl
  statevec-host run --plugin libbank.so --commands day.jsonl --check-invariants --state-out accounts.jsonl --quiet

"#,
    exit_codes!()
);

const INSPECT_HELP: &str = "\
Sizes and offsets are in bytes.

Examples:
  statevec-host inspect examples/bank
  statevec-host inspect libbank.so --json";
