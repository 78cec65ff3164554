//! The SDK's plugin on hosts that break the contract. The hosts, and the tests that a boxed plugin
//! must pass, too, are in `statevec_fixtures::wrong_host`.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod drops;
mod plugin;
mod stopped;

statevec_fixtures::wrong_host_tests!(crate::plugin::SUBJECT);
#[cfg(feature = "std")]
statevec_fixtures::wrong_host_tests!(crate::plugin::SUBJECT, panics);
