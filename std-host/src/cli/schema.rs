//! `schema diff`: the changes between two schemas, and whether old state and old clients fit.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;
use statevec_abi::boundary::limits;
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::c_header::schema_of_declarations;
use statevec_host::evolution::{Compatibility, SchemaChange, SchemaPart, compare, compatibility};
use statevec_host::foreign_text::Escaped;
use statevec_host::text_file;

use super::error::CliError;
use super::named_path::NamedPath;
use super::output::print_to;
use super::plugin;
use super::plugin_args::TrustArgs;
use super::stdio::Stdout;

/// Compare the schemas of two plugins
#[derive(Debug, clap::Args)]
pub(crate) struct SchemaArgs {
    #[command(subcommand)]
    action: SchemaAction,
}

#[derive(Debug, Subcommand)]
enum SchemaAction {
    Diff(DiffArgs),
}

/// Show the changes from an old schema to a new one, and whether old state and old clients fit
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
struct DiffArgs {
    /// A plugin, as for `inspect`, or a file of a schema whose name ends in .json
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The same for the new schema
    #[arg(value_name = "NEW")]
    new: PathBuf,

    #[command(flatten)]
    trust: TrustArgs,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Exit codes: 0 old state and old clients fit; 1 something must be migrated or changed, or cannot be; 2
the arguments are wrong.

Examples:
  statevec-host schema diff libbank-1.0.so libbank-1.1.so
  statevec-host schema diff data/schemas/OLD.json libbank.so --json";

pub(crate) fn schema(args: &SchemaArgs) -> Result<(), CliError> {
    let SchemaAction::Diff(args) = &args.action;
    // Before a plugin's code runs: it may print, and change the working folder.
    let mut out = Stdout::take().map_err(|source| CliError::Setup { source })?;
    let find = |path: &Path| NamedPath::find(path).map_err(|source| CliError::Setup { source });
    let (old, new) = (find(&args.old)?, find(&args.new)?);
    let (old, new) = (read(&old, &args.trust)?, read(&new, &args.trust)?);
    let difference = Difference::between(&old, &new);
    print_to(&mut out, args.json, &difference, || difference.text())?;
    match difference.class {
        Compatibility::Compatible => Ok(()),
        class => Err(CliError::OldDoesNotFit { class }),
    }
}

/// The schema of a plugin or of a file.
fn read(path: &NamedPath, trust: &TrustArgs) -> Result<SchemaRegistry, CliError> {
    let is_text = path.shown().extension().is_some_and(|extension| extension == "json");
    if !is_text || path.place().is_dir() {
        let plugin = plugin::open(path.place(), trust, false)?;
        return Ok(SchemaRegistry::clone(plugin.schema()));
    }
    let of_text = |text: String| schema_of_declarations(&text).map_err(io::Error::other);
    let schema = text_file::read(path.place(), limits::SCHEMA).and_then(of_text);
    schema.map_err(|source| CliError::SchemaFile { path: path.shown().to_owned(), source })
}

/// The changes, and the class of those that matter to each user of the old schema.
#[derive(Debug, Serialize)]
struct Difference {
    class: Compatibility,
    state: Compatibility,
    senders: Compatibility,
    readers: Compatibility,
    changes: Vec<SchemaChange>,
}

impl Difference {
    fn between(old: &SchemaRegistry, new: &SchemaRegistry) -> Self {
        let changes = compare(old, new);
        let of = |matters: fn(&SchemaPart) -> bool| {
            let changes: Vec<SchemaChange> =
                changes.iter().filter(|change| matters(&change.part)).cloned().collect();
            compatibility(&changes)
        };
        Self {
            class: compatibility(&changes),
            state: of(|part| !is_of_commands(part) && !is_of_events(part)),
            senders: of(|part| is_of_commands(part) || is_of_enums(part)),
            readers: of(|part| is_of_events(part) || is_of_enums(part)),
            changes,
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if self.changes.is_empty() {
            text += "nothing has changed\n";
        }
        for change in &self.changes {
            let _ = writeln!(text, "{}", Escaped(change));
        }
        for (who, class, needs) in [
            ("old state", self.state, "must be migrated: statevec-host migrate"),
            ("old senders of commands", self.senders, "must change"),
            ("old readers of events", self.readers, "must change"),
        ] {
            let verdict = match class {
                Compatibility::Compatible => "fits",
                Compatibility::NeedsMigration => needs,
                Compatibility::Refused => "no rule carries it over",
            };
            let _ = writeln!(text, "{:<25}{verdict}", format!("{who}:"));
        }
        text
    }
}

fn is_of_commands(part: &SchemaPart) -> bool {
    matches!(part, SchemaPart::Command(_) | SchemaPart::CommandField(..))
}

fn is_of_events(part: &SchemaPart) -> bool {
    matches!(part, SchemaPart::Event(_) | SchemaPart::EventField(..))
}

fn is_of_enums(part: &SchemaPart) -> bool {
    matches!(part, SchemaPart::Enum(_) | SchemaPart::Variant(..))
}
