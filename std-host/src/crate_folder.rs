//! Builds a crate's folder with cargo, and finds the shared library.

use std::env::{self, consts::DLL_EXTENSION};
use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader};
use std::path::{self, Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use serde::Deserialize;

/// Builds the cdylib package of `dir`, or the only one below it, in release, and returns the
/// library's path.
///
/// Cargo runs in the package's folder, so that configuration files and a toolchain file count as
/// they do for `cargo build --release` there. It is `$CARGO` or the one on the path; its messages
/// go to stderr, unless it is to be quiet.
///
/// # Errors
///
/// The folder holds no package that builds a shared library, or several, or cargo fails.
pub fn build(dir: &Path, quiet: bool) -> Result<PathBuf, BuildError> {
    if !dir.join("Cargo.toml").is_file() {
        return Err(BuildError::NoManifest { dir: dir.to_owned() });
    }
    let unreadable = |source| BuildError::Folder { dir: dir.to_owned(), source };
    // Cargo and the tools that it runs do not all read the verbatim paths that Windows gives.
    let dir = if cfg!(windows) { path::absolute(dir) } else { dir.canonicalize() };
    let dir = dir.map_err(unreadable)?;
    let manifest = dir.join("Cargo.toml");
    let package = cdylib_package(&dir, packages(&dir, &manifest)?)?;
    build_package(&package, quiet)
}

/// The reason why a folder gives no library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The folder is no crate's.
    #[error("{} is a folder without Cargo.toml; give a crate's folder or a shared library", dir.display())]
    NoManifest {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder cannot be accessed.
    #[error("cannot look at the folder {}", dir.display())]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// No package in the folder builds a shared library.
    #[error(
        "{} holds no package that builds a shared library; add crate-type = [\"cdylib\"] to the [lib] of one, and the package to its workspace",
        dir.display()
    )]
    NoCdylib {
        /// The folder.
        dir: PathBuf,
    },
    /// Several packages in the folder build a shared library.
    #[error("{} holds several packages that build a shared library; give the folder of one: {}", dir.display(), list(packages))]
    SeveralCdylibs {
        /// The folder.
        dir: PathBuf,
        /// The folders of the packages.
        packages: Vec<PathBuf>,
    },
    /// Cargo does not run.
    #[error("cannot run {}; install Rust, name cargo in $CARGO, or give a shared library that is built already", cargo.display())]
    NoCargo {
        /// The program.
        cargo: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// `cargo metadata` failed.
    #[error("`cargo metadata` failed on {} ({status}); its own words stand above", manifest.display())]
    Metadata {
        /// The crate's manifest.
        manifest: PathBuf,
        /// The exit status of cargo.
        status: ExitStatus,
    },
    /// `cargo metadata` printed something else than metadata.
    #[error("`cargo metadata` printed what this program does not understand")]
    MetadataText {
        /// The reason.
        source: serde_json::Error,
    },
    /// The package does not build.
    #[error("package {package} does not build ({status}); the compiler's own words stand above")]
    Build {
        /// The package.
        package: String,
        /// The exit status of cargo.
        status: ExitStatus,
    },
    /// The output of cargo cannot be read.
    #[error("cannot read the output of cargo")]
    Output {
        /// The reason.
        source: io::Error,
    },
    /// Cargo named no library.
    #[error(
        "cargo built package {package} and named no file with the extension .{DLL_EXTENSION}; is its target another system?"
    )]
    NoLibrary {
        /// The package.
        package: String,
    },
}

impl BuildError {
    /// Returns true if the user can correct it with another argument. Otherwise the plugin or the
    /// machine is at fault.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NoManifest { .. }
                | Self::Folder { .. }
                | Self::NoCdylib { .. }
                | Self::SeveralCdylibs { .. }
        )
    }
}

fn list(packages: &[PathBuf]) -> String {
    let packages: Vec<String> = packages.iter().map(|dir| dir.display().to_string()).collect();
    packages.join(", ")
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

impl Target {
    /// A cdylib of the package itself: an example that is a cdylib has the kind "example".
    fn is_cdylib(&self) -> bool {
        self.kind.iter().any(|kind| kind == "cdylib")
    }
}

impl Package {
    /// Its folder.
    fn dir(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }
}

/// The packages of the workspace that the manifest belongs to.
fn packages(dir: &Path, manifest: &Path) -> Result<Vec<Package>, BuildError> {
    let mut metadata = cargo_in(dir);
    metadata.args(["metadata", "--format-version=1", "--no-deps", "--manifest-path"]).arg(manifest);
    let output =
        metadata.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(no_cargo)?;
    if !output.status.success() {
        return Err(BuildError::Metadata { manifest: manifest.to_owned(), status: output.status });
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .map_err(|source| BuildError::MetadataText { source })?;
    Ok(metadata.packages)
}

/// The folder's own package if it builds a cdylib, or the only one below it that does.
fn cdylib_package(dir: &Path, packages: Vec<Package>) -> Result<Package, BuildError> {
    // Symbolic links are resolved where that works.
    let resolved = |dir: &Path| dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let dir = &resolved(dir);
    let mut below: Vec<(PathBuf, Package)> = packages
        .into_iter()
        .filter(|package| package.targets.iter().any(Target::is_cdylib))
        .map(|package| (resolved(package.dir()), package))
        .filter(|(package_dir, _)| package_dir.starts_with(dir))
        .collect();
    if let Some(own) = below.iter().position(|(package_dir, _)| package_dir == dir) {
        return Ok(below.swap_remove(own).1);
    }
    match below.pop() {
        None => Err(BuildError::NoCdylib { dir: dir.to_owned() }),
        Some((_, only)) if below.is_empty() => Ok(only),
        Some((last, _)) => {
            let mut packages: Vec<PathBuf> =
                below.into_iter().map(|(dir, _)| dir).chain([last]).collect();
            packages.sort();
            Err(BuildError::SeveralCdylibs { dir: dir.to_owned(), packages })
        }
    }
}

/// One line of cargo's output. Lines about other events lack most of these members.
#[derive(Deserialize)]
struct Message {
    reason: String,
    package_id: Option<String>,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// Builds one package alone: features of the workspace's other packages must not get into the
/// plugin.
fn build_package(package: &Package, quiet: bool) -> Result<PathBuf, BuildError> {
    let mut build = cargo_in(package.dir());
    build.args([
        "build",
        "--release",
        "--lib",
        "--message-format=json-render-diagnostics",
        "--manifest-path",
    ]);
    build.arg(&package.manifest_path);
    if quiet {
        build.arg("--quiet");
    }
    let mut child = build.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(no_cargo)?;
    let mut library = None;
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines) {
        let line = line.map_err(|source| BuildError::Output { source })?;
        library = library_in(&line, &package.id).or(library);
    }
    let status = child.wait().map_err(|source| BuildError::Output { source })?;
    let name = || package.name.clone();
    if !status.success() {
        return Err(BuildError::Build { package: name(), status });
    }
    library.ok_or_else(|| BuildError::NoLibrary { package: name() })
}

/// Path of the package's library, if this line reports it.
fn library_in(line: &str, package_id: &str) -> Option<PathBuf> {
    let message: Message = serde_json::from_str(line).ok()?;
    let is_ours = message.reason == "compiler-artifact"
        && message.package_id.is_some_and(|id| id == package_id)
        && message.target.is_some_and(|target| target.is_cdylib());
    let is_library =
        |path: &PathBuf| path.extension().is_some_and(|extension| extension == DLL_EXTENSION);
    message.filenames.into_iter().find(|path| is_ours && is_library(path))
}

fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Cargo, run in a folder. A relative path in `$CARGO` is relative to this program's folder.
fn cargo_in(dir: &Path) -> Command {
    let mut program = PathBuf::from(cargo());
    if program.components().count() > 1 {
        program = path::absolute(&program).unwrap_or(program);
    }
    let mut command = Command::new(program);
    command.current_dir(dir);
    command
}

fn no_cargo(source: io::Error) -> BuildError {
    BuildError::NoCargo { cargo: cargo().into(), source }
}
