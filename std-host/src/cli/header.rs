//! `header`: a C header from a schema.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use statevec_abi::boundary::limits;
use statevec_host::c_header::{self, HeaderError};
use statevec_host::text_file;

use super::error::CliError;
use super::header_error::HeaderCommandError;
use super::named_path::NamedPath;
use super::plugin;
use super::plugin_args::TrustArgs;
use super::state::Identity;
use super::stdio::Stdout;

/// Write a C header from a plugin's schema: structs, offsets, encoders and the schema text
///
/// The schema is that of a plugin, or a JSON file with declarations, from which all numbers that
/// follow from others may be left out: see the guide.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct HeaderArgs {
    /// A shared library, the folder of a crate that builds one, or a file of declarations whose
    /// name ends in .json
    #[arg(value_name = "PLUGIN|DECLARATIONS")]
    source: PathBuf,

    #[command(flatten)]
    trust: TrustArgs,

    /// Name of the plugin, for names in C [default: the plugin's own, or that of the file of
    /// declarations]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

const HELP: &str = "\
Examples:
  statevec-host header examples/c-plugin/inventory.json -o schema.h
  statevec-host header libbank.so";

pub(crate) fn header(args: &HeaderArgs) -> Result<(), CliError> {
    // Before a plugin's code runs: it may print, and change the working folder.
    let mut stdout = Stdout::take().map_err(|source| CliError::Setup { source })?;
    let out = args.out.as_deref().map(NamedPath::find).transpose();
    let out = out.map_err(|source| CliError::Setup { source })?;
    if let Some(out) = &out {
        refuse_source(out.shown(), &args.source)?;
    }
    let is_text = args.source.extension().is_some_and(|extension| extension == "json");
    let text = if is_text && !args.source.is_dir() {
        of_declarations(&args.source, args.name.as_deref())?
    } else {
        let plugin = plugin::open(&args.source, &args.trust, false)?;
        let name = args.name.as_deref().unwrap_or_else(|| plugin.name());
        c_header::write(name, plugin.schema(), plugin.schema_json())
            .map_err(|error| not_made(&args.source, error))?
    };
    match &out {
        Some(out) => {
            let path = || out.shown().to_path_buf();
            Ok(fs::write(out.place(), text)
                .map_err(|source| HeaderCommandError::Write { path: path(), source })?)
        }
        None => match stdout.write_all(text.as_bytes()) {
            // The reader closed the pipe.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result.map_err(|source| CliError::Output { source }),
        },
    }
}

/// Refuses to overwrite the plugin, or the declarations.
fn refuse_source(out: &Path, source: &Path) -> Result<(), HeaderCommandError> {
    match Identity::of_path(out) {
        Some(identity) if Identity::of_path(source) == Some(identity) => {
            Err(HeaderCommandError::Source { path: out.to_path_buf() })
        }
        _ => Ok(()),
    }
}

fn of_declarations(path: &Path, name: Option<&str>) -> Result<String, HeaderCommandError> {
    let text = text_file::read(path, limits::SCHEMA)
        .map_err(|source| HeaderCommandError::Read { path: path.to_owned(), source })?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    c_header::schema_of_declarations(&text)
        .and_then(|schema| c_header::write(name.unwrap_or(&stem), &schema, &schema.to_idl_json()))
        .map_err(|error| not_made(path, error))
}

fn not_made(path: &Path, error: HeaderError) -> HeaderCommandError {
    HeaderCommandError::Header { path: path.to_owned(), source: Box::new(error) }
}
