//! Replicas on real NATS servers. Without `nats-server` the tests are skipped.
//!
//! `NATS_SERVER` names another server program, `NATS_JETSTREAM` gives it more settings of JetStream,
//! and `STATEVEC_LONG` makes the runs long.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]
#![cfg(unix)]

#[path = "../server/client.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod client;
#[path = "../server/panels.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod panels;
#[path = "../server/process.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod process;
#[path = "../server/small_disk.rs"]
mod small_disk;

mod checkpoints;
mod connection;
mod consumer;
mod divergence;
mod fake_source;
mod handover;
mod load;
mod nodes;
mod other_build;
mod proxy;
mod reads;
mod replica;
mod speed;
mod streams;
mod trouble;
