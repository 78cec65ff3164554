//! Arbitrary bytes in a transaction log; see [`statevec_fuzz::txlog_entries`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| statevec_fuzz::txlog_entries::check(bytes));
