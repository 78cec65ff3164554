#![forbid(unsafe_code)]
//! The benched boxed plugin as a shared library.

statevec_abi_alloc::export_runtime_plugin!(Box::new(statevec_bench_boxed::Factory));
