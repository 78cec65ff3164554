//! The bank's library on hosts that answer wrongly: each of its host calls meets each misbehaviour
//! that applies to it.
//!
//! `core/tests/wrong_host` has the whole list, and a host that follows it; here it meets a plugin
//! as it is shipped.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod answers;
mod bank;
#[path = "../../../core/tests/wrong_host/host.rs"]
mod host;
#[path = "../../../core/tests/wrong_host/script.rs"]
mod script;
mod tables;
mod visits;
