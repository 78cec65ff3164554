#![forbid(unsafe_code)]
//! The plugin as a shared library: its instances live on the heap, and its panics are caught.

statevec_abi::export_plugin!(@IDENT@::Shelf, storage = statevec_abi_alloc::Boxed);
