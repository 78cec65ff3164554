//! Compares two builds of a plugin on the last entries of a directory.

use std::sync::Arc;

use statevec_abi::txlog::Entry;

use super::{Divergence, ReplayError, ReplayOptions, Replayer};
use crate::{
    LoadedPlugin, PluginFailure, checkpoint,
    durable::DataDirectory,
    txlog::{LogError, LogWalk, list_segments},
};

/// The result of running entries again with two builds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// The first entry that was compared.
    pub from: u64,
    /// The last entry.
    pub to: u64,
    /// How many commands the next build ran.
    pub ran: u64,
    /// The first command that a build answers otherwise than the log.
    pub divergence: Option<BuildDivergence>,
    /// The invariant of the next build that the records behind the last entry break, or the
    /// failure of the build. It is asked for if nothing diverges.
    pub invariant: Option<PluginFailure>,
}

/// The first command that one of two builds answers otherwise than the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildDivergence {
    /// The build that runs now. The other one was not run then.
    Now(Divergence),
    /// The build that is to run.
    Next(Divergence),
}

/// Runs a range of entries again, with the build that runs now and then with the next one, and
/// compares the results of both with the log.
///
/// The range is cut at its front if it reaches back to entries of another schema, or to entries
/// before which the state is not known any more. It also begins behind the entries of an earlier
/// build if the build that runs now answers one of them otherwise: that build was taken in spite of
/// it.
///
/// The next build is created on the records behind the last entry, and checks its invariants, also
/// if the range is empty.
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
) -> Result<Comparison, ReplayError> {
    let from = first_known(directory, from.max(1))?;
    let mut comparison = Comparison { from, to, ran: 0, divergence: None, invariant: None };
    if from <= to {
        let firsts = Firsts::find(directory, from, to)?;
        comparison.from = firsts.of_schema;
        let mut of_now = comparison.run(directory, now)?.summary().first.clone();
        if of_now.as_ref().is_some_and(|divergence| divergence.entry < firsts.of_build) {
            comparison.from = firsts.of_build;
            of_now = comparison.run(directory, now)?.summary().first.clone();
        }
        comparison.divergence = of_now.map(BuildDivergence::Now);
    }
    if comparison.divergence.is_none() {
        let replayer = comparison.run(directory, next)?;
        comparison.ran = replayer.summary().ran;
        comparison.divergence = replayer.summary().first.clone().map(BuildDivergence::Next);
        if comparison.divergence.is_none() {
            comparison.invariant = replayer.into_engine(next)?.validate().err().map(Into::into);
        }
    }
    Ok(comparison)
}

impl Comparison {
    /// Runs the range with one build, up to the first divergence.
    fn run(
        &self,
        directory: &DataDirectory,
        plugin: &LoadedPlugin,
    ) -> Result<Replayer, ReplayError> {
        let options =
            ReplayOptions { from: self.from, to_entry: Some(self.to), ..ReplayOptions::default() };
        let mut replayer = Replayer::of_directory(directory, Some(plugin), options)?;
        while replayer.position().entry < self.to && replayer.step(|_, _| {})? {}
        Ok(replayer)
    }
}

/// The first entry from `from` on whose state before it is in a checkpoint or in the log.
fn first_known(directory: &DataDirectory, from: u64) -> Result<u64, ReplayError> {
    let storage = &**directory.storage();
    let segments = list_segments(storage, &directory.log())?;
    if segments.first().is_none_or(|segment| segment.first_entry == 1) {
        return Ok(from);
    }
    let checkpoints = checkpoint::list(storage, &directory.checkpoints())?;
    let oldest = checkpoints.first().map_or(0, |(entry, _)| *entry);
    Ok(from.max(oldest.saturating_add(1)))
}

/// The first entries of a range that are like its last one.
struct Firsts {
    /// The first one from which on the schema is the same.
    of_schema: u64,
    /// The first one from which on the plugin's file is the same, too.
    of_build: u64,
}

impl Firsts {
    fn find(directory: &DataDirectory, from: u64, to: u64) -> Result<Self, ReplayError> {
        let storage = Arc::clone(directory.storage());
        let mut walk = LogWalk::open(storage, &directory.log(), from)?;
        // Entries before the range may change the build, too.
        walk.show_all();
        let mut header = walk.header().clone();
        let mut firsts = Self { of_schema: from, of_build: from };
        while walk.position().entry < to {
            let has_frame = walk.next_frame(|walked| {
                let number = walked.entry.number();
                if matches!(walked.entry, Entry::Transaction(_)) || number > to {
                    return Ok::<_, LogError>(());
                }
                let before = header.clone();
                header.advance(&walked.entry);
                let next = from.max(number.saturating_add(1));
                let is_same_schema = before.is_same_schema(&header);
                if !is_same_schema {
                    firsts.of_schema = next;
                }
                if !is_same_schema || before.plugin_sha256 != header.plugin_sha256 {
                    firsts.of_build = next;
                }
                Ok(())
            })?;
            if !has_frame {
                break;
            }
        }
        Ok(firsts)
    }
}
