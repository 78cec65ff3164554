//! Arbitrary bytes as a command's line and as encoded payloads; see
//! [`statevec_fuzz::json_commands`].

#![no_main]

libfuzzer_sys::fuzz_target!(|line: &[u8]| statevec_fuzz::json_commands::check(line));
