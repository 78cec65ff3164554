//! The storage under the log: the real file system and the simulated disk keep one contract, and
//! the simulated disk fails as it promises.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

mod contract;
mod power_loss;
mod refused_calls;
