//! Runs recorded commands again, and compares the results with the recorded ones.
//!
//! With the plugin build that wrote a log, a replay proves that the plugin is deterministic. With a
//! new build it shows what a release would have done to real history. Without any plugin it applies
//! the recorded changes and checks every digest.
//!
//! ```
//! # use std::sync::Arc;
//! use statevec_host::{
//!     LoadedPlugin,
//!     durable::DataDirectory,
//!     replay::{Divergence, ReplayError, ReplayOptions, Replayer},
//! };
//!
//! /// The first command that a plugin build answers differently.
//! fn first_divergence(
//!     directory: &DataDirectory,
//!     plugin: &LoadedPlugin,
//! ) -> Result<Option<Divergence>, ReplayError> {
//!     let options = ReplayOptions::default();
//!     let mut replayer = Replayer::of_directory(directory, Some(plugin), options)?;
//!     while replayer.step(|_, _| {})? {}
//!     Ok(replayer.summary().first.clone())
//! }
//! ```

mod builds;
mod compare;
mod compare_builds;
mod describe;
mod divergence;
mod error;
mod options;
mod replayer;
mod run;
mod state;
mod summary;

pub use builds::LoadBuild;
pub use compare_builds::{BuildDivergence, Comparison, compare_builds};
pub use describe::DescribedDivergence;
pub use divergence::{Difference, Divergence, LoggedOutcome};
pub use error::ReplayError;
pub use options::ReplayOptions;
pub use replayer::Replayer;
pub use summary::ReplaySummary;
