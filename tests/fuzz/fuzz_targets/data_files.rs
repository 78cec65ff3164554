//! Arbitrary bytes as checkpoints and segments; see [`statevec_fuzz::data_files`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| statevec_fuzz::data_files::check(bytes));
