#![forbid(unsafe_code)]
//! The boxed inventory as a shared library.

statevec_abi_alloc::export_runtime_plugin!(Box::new(statevec_boxed::Factory));
