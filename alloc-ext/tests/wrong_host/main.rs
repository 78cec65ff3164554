//! A boxed plugin on hosts that break the contract: the tests of the SDK's plugin, and tests of
//! adapters.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod adapters;
mod nested;
mod plugin;

statevec_fixtures::wrong_host_tests!(crate::plugin::SUBJECT);
statevec_fixtures::wrong_host_tests!(crate::plugin::SUBJECT, panics);
