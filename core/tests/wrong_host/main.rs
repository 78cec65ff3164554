//! Hosts that answer wrongly, and what a plugin makes of it (rules 1 to 4). Each test is named
//! after what the host does, and asks it of every host call that it applies to, in a transaction
//! and while invariants are validated.
//!
//! What the plugin is, [`plugin`] alone says: `alloc-ext` puts a boxed plugin through the same
//! tests.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod answers;
mod arguments;
mod call;
mod drops;
mod host;
#[cfg(feature = "std")]
mod host_panics;
mod instance;
mod plugin;
mod records;
mod reports;
mod script;
mod stopped;
mod tables;
#[cfg(feature = "std")]
mod visitor_panics;
mod visits;
