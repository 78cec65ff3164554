//! Engine and store, driven by plugins that are linked in: what commits, what is refused, and what a rollback leaves behind.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod changes;
mod lifecycle;
mod limits;
mod model;
mod outcomes;
mod random;
mod raw_abi;
mod rollback;
mod schema;
mod script;
mod writes;
