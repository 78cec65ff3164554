//! Runs the program and talks HTTP to it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]
#![cfg(unix)]

mod abuse;
mod client;
mod commands;
mod crash;
mod dashboard;
mod entries;
mod full;
mod life;
mod options;
mod other_build;
mod panels;
#[allow(dead_code, reason = "other tests use the rest")]
mod process;
mod records;
mod refused;
mod small_disk;
mod unruly;
