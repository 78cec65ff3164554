//! The published helper functions, called as a foreign host calls them (ABI.md section 3).
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod call;
mod create;
mod host;
#[cfg(feature = "std")]
mod linked;
#[cfg(feature = "std")]
mod panics;
mod plugin;
mod run_tx;
mod validate_and_unload;
