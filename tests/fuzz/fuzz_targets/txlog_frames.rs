//! Arbitrary bytes in a transaction log; see [`statevec_fuzz::txlog_frames`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| statevec_fuzz::txlog_frames::check(bytes));
