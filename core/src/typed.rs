//! Records, commands, events and enums as Rust types.
//!
//! A type is declared once, with the derives of this crate; from the declaration come offsets, byte
//! order, keys and the schema. Nothing here allocates, and no malformed byte panics: whoever
//! decodes gets a value or a [`DecodeError`].
//!
//! The encodings are those of ABI.md section 5. Everything but this module and the derives works on
//! plain bytes, so that a plugin can leave typed access aside where it does not fit.

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
pub use key::Pk;
pub use payload::{DecodePayload, Payload};
pub use payload_reader::PayloadReader;
pub use payload_writer::PayloadWriter;
pub use record::{KeyedRecord, Record};
pub use statevec_abi_derive::{Command, EnumU8, Event, Record};
