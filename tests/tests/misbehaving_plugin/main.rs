//! Plugins that break the contract, under our host: each test is named after what the plugin does,
//! and asserts the answer that is defined for it.
//!
//! Nearly all of it is done by one library, `tests/misbehaving`. What cannot be detected or
//! contained inside a process is listed in the README, under what we promise, and is not tried
//! here.

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
