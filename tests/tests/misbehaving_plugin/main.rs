//! Plugins that break the contract, under our host: each test is named after the plugin's fault,
//! and asserts the result that is defined for it.
//!
//! Most tests use one library, `tests/misbehaving`. Faults that cannot be detected or contained
//! inside a process are listed in the README, under the promises, and are not tested.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod answers;
mod every_call;
mod files;
mod host_calls;
mod lengths;
mod library;
mod panics;
mod reentry;
mod run;
mod schemas;
mod symbols;
mod tables;
mod texts;
