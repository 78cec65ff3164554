#![forbid(unsafe_code)]
//! The bank as a shared library: its instances live on the heap, and its panics are caught.

statevec_abi::export_plugin!(statevec_bank::Bank, storage = statevec_abi_alloc::Boxed);
