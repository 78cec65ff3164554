//! `migrate`: takes a data directory to the schema of another plugin build.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use serde::Serialize;
use statevec_host::{
    durable::{
        MigrateError, MigrateOptions, Migrated, MigratedRecords, migrate as migrate_directory,
    },
    evolution::{MigrationChoices, SchemaChange},
    foreign_text::Escaped,
};

use super::{
    config,
    crash::{self, Call},
    error::CliError,
    interrupt::Interrupt,
    log_place::data_directory,
    named_path::NamedPath,
    output::print_to,
    plugin,
    plugin_args::{ConfigArgs, TrustArgs},
    stdio::Stdout,
    summary::Number,
};

/// Take a data directory to the schema of another plugin build
///
/// Fields are matched by name. A new field is zero, or its --default. A value that the new schema
/// cannot hold stops the migration, with the record named; nothing is changed then. The migration
/// is one entry of the log, and the directory keeps both plugin builds, so that a replay crosses
/// it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = MIGRATE_HELP,
    mut_arg("config", |arg| {
        arg.help("Configuration text for the new build [default: that of the build before]")
    })
)]
pub(crate) struct MigrateArgs {
    /// The data directory
    #[arg(value_name = "DIR")]
    directory: PathBuf,

    /// The plugin build with the new schema: a shared library, or the folder of a crate that builds
    /// one
    #[arg(long, value_name = "PLUGIN")]
    plugin: PathBuf,

    #[command(flatten)]
    trust: TrustArgs,

    #[command(flatten)]
    config: ConfigArgs,

    /// Drop a record (Account) or a field (Account.note) that the new schema does not have; may be
    /// given several times
    #[arg(long, value_name = "NAME")]
    drop: Vec<String>,

    /// Give a new field this value in all records: Account.limit=100; may be given several times
    #[arg(long, value_name = "FIELD=VALUE", value_parser = parse_default)]
    default: Vec<(String, String)>,

    /// Check everything and write nothing; the directory may be in use
    #[arg(long)]
    dry_run: bool,

    /// Print one JSON object for programs to read
    #[arg(long)]
    json: bool,

    /// Print no messages of cargo
    #[arg(long, short)]
    quiet: bool,
}

const MIGRATE_HELP: &str = "\
Exit codes:
  0  the directory is migrated; with --dry-run, it could be
  1  a value does not fit, the plugin refuses the records, or the directory is damaged or in use
  2  the input is wrong: arguments, or something to drop that is not named

Examples:
  statevec-host migrate data --plugin libbank-2.so --dry-run
  statevec-host migrate data --plugin libbank-2.so --default Account.limit=100 --drop Account.note";

fn parse_default(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, value)) => Ok((field.into(), value.into())),
        None => Err("expected FIELD=VALUE, such as Account.limit=100".into()),
    }
}

pub(crate) fn migrate(args: &MigrateArgs) -> Result<(), CliError> {
    let setup = |source| CliError::Setup { source };
    let mut defaults = BTreeMap::new();
    for (field, value) in &args.default {
        if defaults.insert(field.clone(), value.clone()).is_some() {
            return Err(CliError::DefaultTwice { field: field.clone() });
        }
    }
    let drops = args.drop.iter().cloned().collect();
    let options = MigrateOptions {
        choices: MigrationChoices { drops, defaults },
        config: args.config.is_given().then(|| config::read(&args.config)).transpose()?,
        dry_run: args.dry_run,
        holder: format!("statevec-host migrate, process {}", std::process::id()),
        ..MigrateOptions::default()
    };
    // Paths are resolved, and standard output is taken, before the plugin's code runs: it may
    // change the working folder, and print.
    let named = NamedPath::find(&args.directory).map_err(setup)?;
    let directory = data_directory(named.shown(), named.place())?;
    let interrupt = Interrupt::watch().map_err(setup)?;
    let mut out = Stdout::take().map_err(setup)?;
    let plugin = plugin::open(&args.plugin, &args.trust, args.quiet)
        .map_err(|error| CliError::from(error).or_signal(&interrupt))?;
    let migrated =
        crash::during(Call::Validate, || migrate_directory(&directory, &plugin, &options));
    let report = Report::of(&migrated?, named.shown(), args.dry_run);
    print_to(&mut out, args.json, &report, || report.to_string())
}

/// The result of a migration.
#[derive(Serialize)]
struct Report {
    dry_run: bool,
    directory: PathBuf,
    /// The last entry before the migration.
    from_entry: u64,
    /// The migration's entry.
    entry: u64,
    from_digest: String,
    digest: String,
    changes: Vec<SchemaChange>,
    records: Vec<Records>,
    checkpoint: Option<PathBuf>,
}

#[derive(Serialize)]
struct Records {
    record: String,
    /// None for a record that is new.
    before: Option<u64>,
    /// None for a record that is dropped.
    after: Option<u64>,
}

impl Report {
    fn of(migrated: &Migrated, directory: &Path, dry_run: bool) -> Self {
        let records = migrated.records.iter().map(|records| {
            let MigratedRecords { record, before, after } = records.clone();
            Records { record, before, after }
        });
        Self {
            dry_run,
            directory: directory.into(),
            from_entry: migrated.before.entry,
            entry: migrated.position.entry,
            from_digest: migrated.before.digest.to_string(),
            digest: migrated.position.digest.to_string(),
            changes: migrated.changes.clone(),
            records: records.collect(),
            checkpoint: migrated.checkpoint.clone(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            writeln!(f, "{}", Escaped(&change.to_string()))?;
        }
        for Records { record, before, after } in &self.records {
            let record = Escaped(record);
            match (before, after) {
                (Some(before), None) => {
                    writeln!(f, "{record}: {} dropped", Number(*before, "record"))?;
                }
                (_, Some(after)) => writeln!(f, "{record}: {}", Number(*after, "record"))?,
                (None, None) => {}
            }
        }
        let Self { dry_run, directory, entry, digest, .. } = self;
        let would = if *dry_run { "dry run: entry" } else { "migrated with entry" };
        write!(f, "{} {would} {entry}; digest {digest}", directory.display())?;
        f.write_str(if *dry_run { "; nothing was written\n" } else { "\n" })
    }
}

/// Returns true if other arguments can avoid the error.
pub(crate) fn is_usage(error: &MigrateError) -> bool {
    use statevec_host::evolution::MigrationError;
    match error {
        MigrateError::Records(error) => matches!(
            error,
            MigrationError::NotAsked { .. }
                | MigrationError::NothingToDrop { .. }
                | MigrationError::Default { .. }
        ),
        MigrateError::Empty { .. }
        | MigrateError::SameSchema
        | MigrateError::OtherPlugin { .. } => true,
        _ => false,
    }
}
