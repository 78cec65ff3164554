//! Durable engines: nothing acknowledged is lost, nothing else is half there, and damage is found.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

mod crash;
mod flips;
mod ledger;
mod life;
mod other_schema;
mod refused;
mod replay;
