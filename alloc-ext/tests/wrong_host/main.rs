//! Hosts that answer wrongly, and what a boxed plugin makes of it: `statevec-abi`'s tests of that,
//! on a plugin behind the published traits.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod adapters;
#[path = "../../../core/tests/wrong_host/answers.rs"]
mod answers;
#[path = "../../../core/tests/wrong_host/arguments.rs"]
mod arguments;
#[path = "../../../core/tests/wrong_host/call.rs"]
mod call;
#[path = "../../../core/tests/wrong_host/host.rs"]
mod host;
#[path = "../../../core/tests/wrong_host/host_panics.rs"]
mod host_panics;
#[path = "../../../core/tests/wrong_host/instance.rs"]
mod instance;
mod nested;
mod plugin;
#[path = "../../../core/tests/wrong_host/records.rs"]
mod records;
#[path = "../../../core/tests/wrong_host/reports.rs"]
mod reports;
#[path = "../../../core/tests/wrong_host/script.rs"]
mod script;
#[path = "../../../core/tests/wrong_host/tables.rs"]
mod tables;
#[path = "../../../core/tests/wrong_host/visitor_panics.rs"]
mod visitor_panics;
#[path = "../../../core/tests/wrong_host/visits.rs"]
mod visits;
