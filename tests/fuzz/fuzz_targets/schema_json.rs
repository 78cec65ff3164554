//! Arbitrary bytes as a schema; see [`statevec_fuzz::schema_json`].

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| statevec_fuzz::schema_json::check(text));
