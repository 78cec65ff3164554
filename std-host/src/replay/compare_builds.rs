//! Compares two builds of a plugin on the last entries of a directory.

use super::{Divergence, ReplayError, ReplayOptions, Replayer};
use crate::{LoadedPlugin, durable::DataDirectory};

/// The first command that one of two builds answers otherwise than the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildDivergence {
    /// The build that runs now. The other one was not run then.
    Now(Divergence),
    /// The build that is to run.
    Next(Divergence),
}

/// Runs a range of entries again, with the build that runs now and then with the next one. `None`
/// if both give the recorded results.
///
/// It may run beside the process that writes to the directory, if `to` is durable. Each replay
/// holds a second copy of the records.
///
/// # Errors
///
/// The log cannot be replayed.
pub fn compare_builds(
    directory: &DataDirectory,
    now: &LoadedPlugin,
    next: &LoadedPlugin,
    from: u64,
    to: u64,
) -> Result<Option<BuildDivergence>, ReplayError> {
    if let Some(divergence) = first_divergence(directory, now, from, to)? {
        return Ok(Some(BuildDivergence::Now(divergence)));
    }
    Ok(first_divergence(directory, next, from, to)?.map(BuildDivergence::Next))
}

fn first_divergence(
    directory: &DataDirectory,
    plugin: &LoadedPlugin,
    from: u64,
    to: u64,
) -> Result<Option<Divergence>, ReplayError> {
    let options = ReplayOptions { from, to_entry: Some(to), ..ReplayOptions::default() };
    let mut replayer = Replayer::of_directory(directory, Some(plugin), options)?;
    while replayer.position().entry < to && replayer.step(|_, _| {})? {}
    Ok(replayer.summary().first.clone())
}
