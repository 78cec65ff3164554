//! Arbitrary bytes as an error buffer; see [`statevec_fuzz::error_buffer`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| statevec_fuzz::error_buffer::check(bytes));
