//! Arbitrary bytes as commands, events and records; see [`statevec_fuzz::payloads`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| statevec_fuzz::payloads::check(bytes));
