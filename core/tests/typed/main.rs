//! Typed records, commands and events: what the derives make of a declaration.
//!
//! The declarations stand in `statevec_fixtures::declared`, under the lints of the strictest plugin
//! crate. The published crates were given the same declarations; what they made of them is
//! `golden.json`, and the bytes in the tests.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod calls;
mod macro_groups;
mod names;
mod payloads;
mod properties;
mod records;
mod schema;
mod store;
