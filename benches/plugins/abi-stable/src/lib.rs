//! The benched plugin behind an interface of `abi_stable`, as its manual shows: trait objects both
//! ways, a root module that is checked when it is loaded. Empty without the feature `peers`.
#![cfg(feature = "peers")]
#![allow(
    missing_docs,
    unreachable_pub,
    elided_lifetimes_in_paths,
    non_camel_case_types,
    non_local_definitions,
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    clippy::missing_safety_doc,
    clippy::ptr_as_ptr,
    clippy::borrow_as_ptr,
    clippy::semicolon_if_nothing_returned,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "the macros of abi_stable expand to such code"
)]

mod interface;
mod plugin;

pub use interface::{
    BenchModule, BenchModule_Ref, Bytes, Bytes_TO, BytesMut, BytesMut_TO, Command, Failure, Host,
    Host_TO, HostMut, Plugin, Plugin_TO, PluginBox,
};
