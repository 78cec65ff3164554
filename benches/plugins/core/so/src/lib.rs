#![forbid(unsafe_code)]
//! The benched plugin of the core SDK as a shared library: its instances live on the heap, and its
//! panics are caught.

statevec_abi::export_plugin!(statevec_bench_core::Bench, storage = statevec_abi_alloc::Boxed);
