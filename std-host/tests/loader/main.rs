//! The loader's errors for files that are no plugins, plugins with faults, and files that change.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod changed;
#[cfg(target_os = "linux")]
mod changing_schema;
mod contents;
#[cfg(target_os = "linux")]
mod exact_file;
mod float_modes;
mod library;
mod linked;
#[cfg(target_os = "linux")]
mod namespaces;
#[cfg(target_os = "linux")]
mod origin;
#[cfg(target_os = "linux")]
mod pinned;
#[cfg(target_os = "linux")]
mod truncated;
mod world_writable;

use std::{error::Error, path::Path};

use statevec_host::{LoadError, LoadOptions, LoadedPlugin};

/// An error and its causes, as a program prints them.
fn chain(error: &dyn Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Opens a library that these tests made.
fn open(path: impl AsRef<Path>) -> Result<LoadedPlugin, LoadError> {
    open_with(&LoadOptions::new(), path)
}

fn open_with(options: &LoadOptions, path: impl AsRef<Path>) -> Result<LoadedPlugin, LoadError> {
    // SAFETY: the libraries of these tests are sound to load; where one breaks the contract, it
    // does so in a way that the loader detects (rule 6).
    unsafe { options.open(path) }
}
