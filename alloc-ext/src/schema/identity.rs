//! The identity of a schema: its version and fingerprints.

use crate::schema::{SchemaFingerprint, Version};

/// The identity of a schema. Two plugins with the same identity speak the same schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaIdentity {
    /// The version of the schema.
    pub schema_version: Version,
    /// Fingerprint of the enums.
    pub types_schema_fingerprint: SchemaFingerprint,
    /// Fingerprint of the records.
    pub record_schema_fingerprint: SchemaFingerprint,
    /// Fingerprint of the commands.
    pub command_schema_fingerprint: SchemaFingerprint,
    /// Fingerprint of the events.
    pub event_schema_fingerprint: SchemaFingerprint,
}
