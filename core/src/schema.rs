//! What a plugin stores, takes and tells, described as data (ABI.md section 5).
//!
//! The definitions here borrow everything, so one description serves twice: as a constant, from
//! which the compiler makes the schema JSON that a plugin carries in flash, and at run time, over
//! definitions that a host has parsed. Parsing needs an allocator and is deliberately absent.

mod definition;
mod field_type;
mod fingerprint;
mod json;
pub(crate) mod name;
mod version;

pub use definition::{
    EnumDef, EnumVariantDef, FieldDef, PayloadDef, PayloadFieldDef, RECORD_HEADER_SIZE, RecordDef,
    SchemaDef,
};
pub use field_type::FieldType;
pub use fingerprint::{Fingerprints, SchemaFingerprint};
pub use json::{json_len, write_json};
pub use version::Version;
