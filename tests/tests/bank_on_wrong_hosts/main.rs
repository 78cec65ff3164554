//! The bank's library on hosts that break the contract: each of its host calls meets each fault
//! that it can have.
//!
//! `statevec_fixtures::wrong_host` has the faults, and a host that follows a script of them. These
//! tests run a plugin as it is shipped.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod answers;
mod bank;
mod tables;
mod visits;
