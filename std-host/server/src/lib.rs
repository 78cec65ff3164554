#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a test that cannot go on says where"
    )
)]

mod build_metrics;
mod command_counters;
mod commands;
mod engine;
mod entries;
mod http;
mod ingress;
mod logging;
mod metrics;
mod nats;
mod openapi;
mod options;
mod other_build;
mod plugin;
mod publication;
mod reload;
mod replica;
mod replica_metrics;
mod service;
mod service_error;
mod shutdown;

pub use nats::NatsError;
pub use options::{InitSettings, Invocation, OptionsError, Settings};
pub use other_build::Trial;
pub use service::{init_stream, run};
pub use service_error::ServiceError;
