//! One module for each fuzz target, with the promises that hold for every input.
//!
//! A module's `check` takes one input and panics if a promise does not hold. The binaries in
//! `fuzz_targets/` call it with libFuzzer's inputs. `tests/corpus.rs` calls it with every input of
//! the corpus, and needs neither libFuzzer nor a nightly compiler. The corpus is packed; see
//! [`pack`].

pub mod data_files;
pub mod error_buffer;
pub mod json_commands;
pub mod pack;
mod payload_layout;
pub mod payloads;
pub mod schema_json;
pub mod store;
pub mod tables;
pub mod txlog_entries;
pub mod txlog_frames;
