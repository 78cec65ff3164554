//! Files that are no plugins, plugins that are not in order, and files that change: what the loader says.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod changed;
mod contents;
mod library;
mod linked;
#[cfg(target_os = "linux")]
mod mutations;
#[cfg(target_os = "linux")]
mod named_file;
#[cfg(target_os = "linux")]
mod pinned;
#[cfg(target_os = "linux")]
mod truncated;
mod world_writable;

use std::error::Error;

/// An error and its causes, as a person gets to see them.
fn chain(error: &dyn Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
