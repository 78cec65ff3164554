#![forbid(unsafe_code)]
//! The tally as a shared library: its instances live on the heap, and its panics are caught.

statevec_abi::export_plugin!(statevec_tally::Tally, storage = statevec_abi_alloc::Boxed);
