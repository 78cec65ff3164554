#![forbid(unsafe_code)]
//! The plugin as a shared library.

statevec_abi_alloc::export_runtime_plugin!(Box::new(@IDENT@::Factory));
