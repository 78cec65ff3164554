//! The loader on Windows: the search for libraries, pins, access lists, paths, and the system's
//! words. The libraries are the bank's, with some bytes changed.

#![cfg(windows)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod access;
mod contents;
mod paths;
mod pinned;
mod search;

use std::{
    env::{self, consts::DLL_SUFFIX},
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use statevec_host::{LoadError, LoadOptions, LoadedPlugin};
use tempfile::TempDir;

/// Cargo puts the library of a dev-dependency beside the test binary.
fn bank() -> PathBuf {
    env::current_exe().unwrap().with_file_name(format!("statevec_bank_so{DLL_SUFFIX}"))
}

/// A folder with the bank in it, and a digest of its own: the folder's name follows the library.
/// Windows does not remove a library that is mapped, so the folder of one may stay.
fn copy() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bank.dll");
    let mut bytes = fs::read(bank()).unwrap();
    bytes.extend(folder.path().as_os_str().as_encoded_bytes());
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// The bank with each occurrence of some bytes replaced by others of the same length.
fn changed(from: &[u8], to: &[u8]) -> (TempDir, PathBuf) {
    let (folder, path) = copy();
    let mut bytes = fs::read(&path).unwrap();
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert!(!places.is_empty(), "the bytes are not in the library");
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn open(path: &Path) -> Result<LoadedPlugin, LoadError> {
    open_with(&LoadOptions::new(), path)
}

fn open_with(options: &LoadOptions, path: &Path) -> Result<LoadedPlugin, LoadError> {
    // SAFETY: the bank is sound to load, and so are the copies: what was changed in them is refused
    // before code runs (rule 6).
    unsafe { options.open(path) }
}

/// An error and its causes, as a person gets to see them.
fn chain(error: &dyn Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
