//! `new`: a project with a plugin.

pub(crate) mod error;
mod files;
mod name;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::stdio::Stdout;
use error::NewError;
use files::{Form, ProjectFile};
use name::ProjectName;

/// Make a project with a plugin that builds, passes its tests and runs
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct NewArgs {
    /// Folder to make, whose last part names the plugin
    #[arg(value_name = "NAME")]
    dir: PathBuf,

    /// Write the plugin behind the published traits, with an allocator
    #[arg(long, conflicts_with = "c")]
    boxed: bool,

    /// Write the plugin in C11
    #[arg(long)]
    c: bool,

    /// Add firmware for a Cortex-M4 in QEMU that runs the plugin
    #[arg(long, conflicts_with_all = ["boxed", "c"])]
    with_firmware: bool,

    /// Checkout of StateVec that the project depends on [default: the one that this program was
    /// built from]
    #[arg(long, value_name = "DIR", conflicts_with = "c")]
    statevec: Option<PathBuf>,
}

const HELP: &str = "\
The crates of StateVec are not published, so a project depends on a checkout by its path. A plugin in C depends on
nothing: the project has a copy of the headers.

Examples:
  statevec-host new ledger
  statevec-host new ledger --with-firmware --statevec ~/src/statevec
  statevec-host new ledger --c";

pub(crate) fn new(args: &NewArgs) -> Result<(), CliError> {
    let mut stdout = Stdout::take().map_err(|source| CliError::Setup { source })?;
    let name = project_name(&args.dir)?;
    let (form, next) = match (args.c, args.boxed) {
        (true, _) => (Form::C, "make && make check"),
        (_, boxed) => {
            let statevec = checkout(args.statevec.as_deref())?;
            (Form::Rust { boxed, firmware: args.with_firmware, statevec }, "cargo test && ./ci.sh")
        }
    };
    write(&args.dir, files::of(&name, &form))?;
    let said = format!("made {0}; next: cd {0} && {next}\n", args.dir.display());
    match stdout.write_all(said.as_bytes()) {
        // The reader closed the pipe.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|source| CliError::Output { source }),
    }
}

fn project_name(dir: &Path) -> Result<ProjectName, NewError> {
    let name = dir.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    ProjectName::new(&name).map_err(|source| NewError::Name { dir: dir.to_owned(), source })
}

/// The checkout, as manifests name it.
fn checkout(given: Option<&Path>) -> Result<String, NewError> {
    let dir = given.unwrap_or(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")));
    if !dir.join("core/Cargo.toml").is_file() {
        return Err(NewError::NoCheckout { dir: dir.to_owned() });
    }
    // Not the verbatim path that Windows gives.
    let resolved = if cfg!(windows) { std::path::absolute(dir) } else { dir.canonicalize() };
    let path = resolved.map_err(|_| NewError::NoCheckout { dir: dir.to_owned() })?;
    match path.to_str() {
        // Cargo takes slashes everywhere, and a manifest needs no escapes then.
        Some(path) if !path.contains(['"', '\n']) => Ok(path.replace('\\', "/")),
        _ => Err(NewError::CheckoutPath { dir: path }),
    }
}

fn write(dir: &Path, files: Vec<ProjectFile>) -> Result<(), NewError> {
    if let Some(parent) = dir.parent() {
        let failed = |source| NewError::Write { path: parent.to_owned(), source };
        fs::create_dir_all(parent).map_err(failed)?;
    }
    match fs::create_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(NewError::Exists { dir: dir.to_owned() });
        }
        Err(source) => return Err(NewError::Write { path: dir.to_owned(), source }),
        Ok(()) => {}
    }
    for ProjectFile { path, text, is_program } in files {
        let path = dir.join(path);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = written.and_then(|()| fs::write(&path, text));
        let written = written.and_then(|()| if is_program { make_program(&path) } else { Ok(()) });
        written.map_err(|source| NewError::Write { path, source })?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_program(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Programs have no mark of their own here.
#[cfg(not(unix))]
fn make_program(_: &Path) -> io::Result<()> {
    Ok(())
}
