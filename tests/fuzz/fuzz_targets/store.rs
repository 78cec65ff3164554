//! Arbitrary transactions on both stores; see [`statevec_fuzz::store`].

#![no_main]

use statevec_fuzz::store::{Input, check};

libfuzzer_sys::fuzz_target!(|input: Input| check(&input));
