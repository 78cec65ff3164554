#![no_std]
#![doc = include_str!("../README.md")]

#[cfg(feature = "std")]
extern crate std;

pub mod abi;
mod enter;
mod error_slot;
pub mod fixed_store;
pub mod host;
mod layout;
pub mod limits;
mod panic;
pub mod plugin;
pub mod queue;
pub mod rules;
pub mod schema;
mod text_writer;
pub mod txlog;
pub mod typed;

pub use abi::*;
pub use error_slot::{ErrorSlot, Rejected};
pub use plugin::{Plugin, ReadContext, StaticPlugin, Tx};
pub use statevec_abi_derive::{Command, EnumU8, Event, Record, dispatch, schema};
pub use typed::{
    Command, DecodeError, DecodePayload, EncodeError, EnumU8, Event, FixedBytes, KeyedRecord,
    Payload, Pk, Record,
};
