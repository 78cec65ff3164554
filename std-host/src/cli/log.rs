//! `log`: shows, checks and counts the entries of a transaction log.

mod list;
mod source;
mod stat;
mod verify;

pub(crate) use list::Lines;

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::error::CliError;

/// Show the entries of a transaction log, check it, or count what is in it
///
/// Prints one JSON object per entry, decoded through the schema that the data directory keeps. It
/// takes no lock and changes nothing, so it may run beside the process that writes.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    after_help = LOG_HELP
)]
pub(crate) struct LogArgs {
    #[command(subcommand)]
    action: Option<LogAction>,

    #[command(flatten)]
    list: ListArgs,
}

#[derive(Debug, Subcommand)]
enum LogAction {
    /// Check every byte of a log; damage is exit code 1 and names file, offset and entry
    Verify(SourceArgs),
    /// Count entries, bytes, plugin builds and rejections
    Stat(SourceArgs),
}

/// The log to read.
#[derive(Debug, clap::Args)]
pub(crate) struct SourceArgs {
    /// A data directory, or a single log file as `run --record` or firmware writes it
    #[arg(value_name = "DIR|FILE")]
    path: PathBuf,

    /// File with the plugin's schema JSON, to decode a log file; a data directory has its own
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Print one JSON object for programs to read
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// A data directory, or a single log file as `run --record` or firmware writes it
    #[arg(value_name = "DIR|FILE", required = true)]
    path: Option<PathBuf>,

    /// File with the plugin's schema JSON, to decode a log file; a data directory has its own
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Print JSON lines, which is the only form of entries
    #[arg(long, hide = true)]
    json: bool,

    /// The first entry to show [default: the first in the log]
    #[arg(long, value_name = "N")]
    from: Option<u64>,

    /// The last entry to show [default: the last in the log]
    #[arg(long, value_name = "N", conflicts_with = "follow")]
    to: Option<u64>,

    /// Go on with the entries that are written from now on, until interrupted
    #[arg(long)]
    follow: bool,

    /// Show only these, one JSON object each [default: whole entries]
    #[arg(long, value_enum, value_name = "WHAT")]
    only: Option<Only>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// Events of committed commands
    Events,
    /// Changes of records
    Changes,
    /// Entries of commands that were rejected or failed
    Rejected,
}

const LOG_HELP: &str = "\
Examples:
  statevec-host log data
  statevec-host log data --from 1000 --only changes
  statevec-host log data --follow --only events
  statevec-host log verify data
  statevec-host log stat data --json
  statevec-host log firmware.txlog --schema bank.json";

pub(crate) fn log(args: &LogArgs) -> Result<(), CliError> {
    match &args.action {
        Some(LogAction::Verify(source)) => verify::verify(source),
        Some(LogAction::Stat(source)) => stat::stat(source),
        None => list::list(&args.list),
    }
}
