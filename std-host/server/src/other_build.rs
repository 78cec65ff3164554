//! Takes another build of the plugin while the server runs.
//!
//! A process of its own, the trial, loads the build first, and runs the last entries of the log
//! again with it and with the build that runs now. So a build that ends its process or never
//! returns does no harm to the server, and commands go on meanwhile. The server then maps the very
//! bytes that were tried, by their digest, and changes builds between two commands.

mod changer;
mod refused;
mod trial;
mod trial_process;
mod verdict;

pub(crate) use changer::{BuildChanger, Change, Taken, Wish};
pub(crate) use refused::RefusedBuild;
pub(crate) use trial::Job;
pub use trial::Trial;
