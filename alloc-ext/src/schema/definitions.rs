//! The declarations of one schema, as a registry holds them.

use alloc::vec::Vec;

use crate::schema::{EnumDefinition, PayloadDefinition, RecordDefinition, Version};

/// The declarations of a schema. In a registry the definitions are checked, enums sorted by name,
/// the others by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definitions {
    pub(crate) version: Version,
    pub(crate) types: Vec<EnumDefinition>,
    pub(crate) records: Vec<RecordDefinition>,
    pub(crate) commands: Vec<PayloadDefinition>,
    pub(crate) events: Vec<PayloadDefinition>,
}
