//! Shared libraries beside the test binary, and sources in the repository.

use std::{
    env, io,
    path::{Path, PathBuf},
};

/// The shared library of a package that the tests dev-depend on: cargo builds it into the folder of
/// the test binary, in debug and in release.
///
/// # Errors
///
/// The system does not say where the test binary is.
pub fn library(package: &str) -> io::Result<PathBuf> {
    let name = package.replace('-', "_");
    let file = format!("{}{name}{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    Ok(env::current_exe()?.with_file_name(file))
}

/// A file or folder of the repository.
#[must_use]
pub fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
