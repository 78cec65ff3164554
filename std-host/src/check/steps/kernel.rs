//! The kernel's files about this process.
//!
//! Only Linux is asked: Wine shows programs for Windows the files of the kernel below it.

use std::{fs, path::PathBuf};

/// The text of a file; empty if there is none.
pub(super) fn text(name: &str) -> String {
    path(name).and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default()
}

/// The entries of a folder; none if there is no folder.
pub(super) fn entries(name: &str) -> impl Iterator<Item = PathBuf> {
    let entries = path(name).and_then(|path| fs::read_dir(path).ok());
    entries.into_iter().flatten().flatten().map(|entry| entry.path())
}

fn path(name: &str) -> Option<PathBuf> {
    cfg!(target_os = "linux").then(|| PathBuf::from("/proc/self").join(name))
}
