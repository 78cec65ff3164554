//! Commands, events and records through the schema, from JSON and to it.

#![expect(clippy::missing_panics_doc, reason = "tests panic when they fail")]

#[path = "json/schema.rs"]
mod schema;

#[path = "json/commands.rs"]
mod commands;
#[path = "json/malformed.rs"]
mod malformed;
#[path = "json/round_trip.rs"]
mod round_trip;
#[path = "json/values.rs"]
mod values;
