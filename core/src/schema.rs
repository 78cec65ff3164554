//! The records, commands and events of a plugin, described as data (ABI.md section 5).
//!
//! Definitions borrow everything, so they serve as constants and at run time. From a constant the
//! compiler makes the schema JSON that a plugin carries in flash. A host makes them from parsed
//! definitions. Parsing needs an allocator and is deliberately absent.

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
