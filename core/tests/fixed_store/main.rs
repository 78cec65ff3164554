//! The store in a fixed amount of memory, as a plugin and its host see it.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod capacity;
mod changes;
mod model;
mod refusals;
mod rollback;
mod schemas;
mod script;
