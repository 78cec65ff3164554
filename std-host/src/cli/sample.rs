//! `commands`: a sample line of each command, or the JSON Schema of a plugin.

use std::io::Write as _;
use std::path::PathBuf;

use serde_json::to_string_pretty;
use statevec_host::foreign_text::escape_json;
use statevec_host::json::sample_command;
use statevec_host::json_schema;

use super::error::CliError;
use super::output::unless_closed;
use super::plugin;
use super::plugin_args::TrustArgs;
use super::stdio::Stdout;

/// Print a sample line of each command, as `run` reads it; or the JSON Schema of commands, events
/// and records
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct CommandsArgs {
    /// A shared library, or the folder of a crate that builds one (cargo builds it first, in
    /// release)
    #[arg(value_name = "PLUGIN")]
    plugin: PathBuf,

    #[command(flatten)]
    trust: TrustArgs,

    /// Print one JSON Schema (draft 2020-12) for editors and other languages: it describes a line
    /// of commands, and has events and records in $defs
    #[arg(long)]
    json_schema: bool,
}

const HELP: &str = "\
Examples:
  statevec-host commands libbank.so > commands.jsonl
  statevec-host commands libbank.so --json-schema > commands.schema.json";

pub(crate) fn commands(args: &CommandsArgs) -> Result<(), CliError> {
    // Before the plugin's code runs: it may print, and change the working folder.
    let mut out = Stdout::take().map_err(|source| CliError::Setup { source })?;
    let plugin = plugin::open(&args.plugin, &args.trust, false)?;
    let schema = plugin.schema();
    let text = if args.json_schema {
        let text = to_string_pretty(&json_schema::document(plugin.name(), schema));
        let text = text.map_err(|error| CliError::Output { source: error.into() })?;
        escape_json(&text) + "\n"
    } else {
        schema.command_defs().map(|command| sample_command(schema, command) + "\n").collect()
    };
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    unless_closed(written.map_err(|source| CliError::Output { source }))
}
