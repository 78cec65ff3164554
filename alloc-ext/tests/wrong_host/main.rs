//! A boxed plugin on hosts that answer wrongly: the tests of the SDK's plugin, and some of
//! adapters.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod adapters;
mod nested;
mod plugin;

statevec_fixtures::wrong_host_tests!(crate::plugin::SUBJECT);
statevec_fixtures::wrong_host_tests!(crate::plugin::SUBJECT, panics);
