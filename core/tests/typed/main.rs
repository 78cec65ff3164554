//! Typed records, commands and events: the code that the derives generate for a declaration.
//!
//! The declarations stand in `statevec_fixtures::declared`, under the lints of the strictest plugin
//! crate. `golden.json` and the bytes in the tests come from the published crates, for the same
//! declarations.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod calls;
mod macro_groups;
mod names;
mod payloads;
mod properties;
mod records;
mod schema;
mod store;
