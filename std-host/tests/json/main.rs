//! Commands, events and records through the schema, from JSON and to it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod commands;
mod host_calls;
mod invalid_line;
mod key;
mod longest_line;
mod malformed;
mod outcomes;
mod round_trip;
mod schema;
mod state_lines;
mod values;
