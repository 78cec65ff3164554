//! The benched plugin, written with the published crates (`statevec` 0.1.0) as their README shows.
//! Empty without the feature `peers`.
#![cfg(feature = "peers")]
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::undocumented_unsafe_blocks,
    clippy::semicolon_if_nothing_returned,
    reason = "the published macros expand to code without documentation or safety comments"
)]

mod plugin;
mod schema;

use statevec_published::prelude::*;

export_runtime_plugin!(Box::new(plugin::Factory));
