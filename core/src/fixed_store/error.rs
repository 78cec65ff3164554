//! Errors of a schema that does not fit a memory.

/// Reasons why a store cannot be made for a schema in the given memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[non_exhaustive]
pub enum FixedStoreError<'d> {
    /// The schema has more record kinds than the memory.
    #[error(
        "the schema has {needed} record kinds, but the memory is for {kinds}: enlarge its KINDS"
    )]
    Kinds {
        /// How many the schema has.
        needed: usize,
        /// How many the memory has.
        kinds: usize,
    },
    /// A kind is 0, or kinds are not in ascending order.
    #[error("record {record} is out of order: kinds ascend from 1, and none stands twice")]
    KindOrder {
        /// Name of the record.
        record: &'d str,
    },
    /// A record is larger than the memory's.
    #[error(
        "record {record} takes {needed} bytes with its key, but the memory has {record_size} for each: enlarge its RECORD_SIZE"
    )]
    RecordSize {
        /// Name of the record.
        record: &'d str,
        /// The bytes that the record takes.
        needed: usize,
        /// The bytes of a row in the memory.
        record_size: usize,
    },
    /// A field lies outside its record, or has another length than its type.
    #[error("field {record}.{field} does not lie in its record, or is not as long as its type")]
    Field {
        /// Name of the record.
        record: &'d str,
        /// Name of the field.
        field: &'d str,
    },
    /// A primary key names a field that is not there or cannot be in a key.
    #[error(
        "the primary key of {record} names {field}, which is no field of a type that a key can have"
    )]
    KeyField {
        /// Name of the record.
        record: &'d str,
        /// The name in the key.
        field: &'d str,
    },
    /// A record's primary key has no fields, so all records would have the same key.
    #[error("{record} has a primary key, but the key names no field")]
    KeyEmpty {
        /// Name of the record.
        record: &'d str,
    },
}

impl core::error::Error for FixedStoreError<'_> {}
