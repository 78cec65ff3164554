//! The transaction log: round trips, damage, and the digest of a state.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

mod damage;
mod digest;
mod example;
mod generated;
mod limits;
mod recent;
mod round_trip;
