//! Errors of making a store.

/// The reason why a schema has no store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A record's data and key together have more bytes than this machine can address.
    #[error(
        "record {record} with {data_size} bytes of data and a key of {pk_len} is too large for this machine"
    )]
    RecordSize {
        /// Name of the record.
        record: String,
        /// Bytes of data.
        data_size: u32,
        /// Bytes of the primary key.
        pk_len: usize,
    },
}
