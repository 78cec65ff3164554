//! Durable engines: acknowledged entries are never lost, other entries are whole or absent, and
//! damage is found.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

mod checkpoints;
mod commands;
mod crash;
mod directory;
mod environment;
mod first_records;
mod flips;
mod foreign_bytes;
mod gate;
mod group_commit;
mod in_flight;
mod joined;
mod ledger;
mod life;
mod migrate;
mod next_schema;
mod other_schema;
mod plugin_limits;
mod recorded_file;
mod refused;
mod replace;
mod replay;
mod replay_migrated;
