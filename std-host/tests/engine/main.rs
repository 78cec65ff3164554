//! Engine and store, driven by linked plugins: commits, refusals, rollbacks and restarts.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod changes;
mod key_order;
mod lifecycle;
mod limits;
mod model;
mod outcomes;
mod plugin_limits;
mod random;
mod raw_abi;
mod restart;
mod rollback;
mod schema;
mod script;
mod writes;
