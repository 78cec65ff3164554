//! What must hold for every input, one module for each fuzz target.
//!
//! A module's `check` takes one input and panics when something does not hold. The binaries in `fuzz_targets/` hand it whatever libFuzzer thinks
//! of; `tests/corpus.rs` hands it every file of the corpus, and needs neither libFuzzer nor a nightly compiler.

pub mod error_buffer;
pub mod json_commands;
pub mod payloads;
pub mod schema_json;
pub mod store;
pub mod tables;
pub mod txlog_entries;
pub mod txlog_frames;
