//! Raw words as tables, and wrong answers; see [`statevec_fuzz::tables`].

#![no_main]

use statevec_fuzz::tables::{Input, check};

libfuzzer_sys::fuzz_target!(|input: Input| check(&input));
