//! The checks that one child process makes.

pub(super) mod contract;
pub(super) mod coverage;
pub(super) mod create;
pub(super) mod declarations;
pub(super) mod determinism;
pub(super) mod host_failures;
mod kernel;
pub(super) mod life;
pub(super) mod null_pointers;
pub(super) mod outcomes;
pub(super) mod payloads;
pub(super) mod process;
pub(super) mod schema;
pub(super) mod written;
