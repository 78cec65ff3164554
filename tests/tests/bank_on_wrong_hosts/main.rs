//! The bank's library on hosts that answer wrongly: each of its host calls meets each misbehaviour
//! that applies to it.
//!
//! `statevec_fixtures::wrong_host` has the whole list, and a host that follows it; here it meets a
//! plugin as it is shipped.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod answers;
mod bank;
mod tables;
mod visits;
