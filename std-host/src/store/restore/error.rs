//! Errors of restoring records.

use statevec_abi::abi::{RecordKind, SysId};

/// A logged change or a record of a checkpoint that does not fit a store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The schema has no such kind of record.
    #[error("the schema has no record kind {kind}")]
    UnknownKind {
        /// The kind.
        kind: RecordKind,
    },
    /// The record contradicts the schema or those that are there.
    #[error("{record} number {sys_id}: {what}")]
    Conflict {
        /// Name of the record type.
        record: String,
        /// The record's number.
        sys_id: SysId,
        /// The contradiction.
        what: &'static str,
    },
    /// There is no memory for the records.
    #[error("there is no memory for the records of {record}")]
    Memory {
        /// Name of the record type.
        record: String,
    },
}
