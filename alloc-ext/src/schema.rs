//! Schemas: the layouts of a plugin's records, commands and events (ABI.md section 5).
//!
//! A [`SchemaRegistry`] is made of definitions, or read from the schema text of a plugin; it is
//! checked as a whole when it is made. Fingerprints and the writer of schema text are in
//! `statevec_abi`, and work without an allocator. The definitions of this module own their names.
//!
//! Differences to the published types: names and lists are `Cow`s and parsing leaks nothing; making
//! a registry returns an error where the published one panics, and checks far more;
//! [`RecordDefinition::has_pk_encoder`] stands for a function; keys are `Vec<u8>`;
//! [`CommandDefinition`] and [`EventDefinition`] are one type.

mod borrowed;
mod check;
mod definition;
mod definitions;
mod error;
mod identity;
mod idl;
mod pk;
mod registry;
mod rule;

use statevec_abi::boundary::limits;

pub use statevec_abi::schema::{FieldType, Fingerprints, SchemaFingerprint, Version};

pub use definition::{
    CommandDefinition, EnumDefinition, EnumVariantDefinition, EventDefinition, FieldDefinition,
    PayloadDefinition, PayloadFieldDefinition, RecordDefinition,
};
pub use error::{SchemaError, SchemaIdlError, SchemaSection};
pub use identity::SchemaIdentity;
pub use pk::PkLayout;
pub use registry::SchemaRegistry;
pub use rule::SchemaRule;

/// Longest schema text that is read, in bytes.
pub const MAX_SCHEMA_LEN: usize = limits::SCHEMA;

/// Largest data size of a record, in bytes.
pub const MAX_DATA_SIZE: u32 = limits::RECORD as u32;

/// Longest name of a declaration, a field, a variant or a type, in bytes.
pub const MAX_NAME_LEN: usize = 256;
