#![no_std]
#![doc = include_str!("../README.md")]

#[cfg(feature = "std")]
extern crate std;

pub mod abi;
pub mod boundary;
#[doc = include_str!("../ABI.md")]
pub mod contract {}
pub mod fixed_store;
pub mod host;
pub mod layers;
pub mod plugin;
pub mod prelude;
pub mod queue;
pub mod raw;
pub mod schema;
pub mod txlog;
pub mod typed;

pub use statevec_abi_derive::{dispatch, schema};
