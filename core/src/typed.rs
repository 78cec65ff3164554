//! Records, commands, events and enums as Rust types.
//!
//! A type is declared once, with the derives of this crate. They generate offsets, byte order, keys
//! and the schema. Nothing here allocates, and malformed bytes give a [`DecodeError`], not a panic.
//!
//! The encodings are those of ABI.md section 5. All other modules work on plain bytes, so a plugin
//! can use untyped access where it needs to.

mod command;
pub mod declared;
mod enum_u8;
mod error;
mod event;
mod field;
mod fixed_bytes;
mod key;
pub mod layout;
mod payload;
mod payload_reader;
mod payload_writer;
mod record;

pub use command::Command;
pub use declared::Schema;
pub use enum_u8::{EnumDecodeError, EnumU8};
pub use error::{DecodeError, EncodeError};
pub use event::Event;
pub use field::Field;
pub use fixed_bytes::{FixedBytes, FixedBytesError};
pub use key::{KeyedRecord, Pk};
pub use payload::{DecodePayload, Payload};
pub use payload_reader::PayloadReader;
pub use payload_writer::PayloadWriter;
pub use record::Record;
pub use statevec_abi_derive::{Command, EnumU8, Event, Record};
