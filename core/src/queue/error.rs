//! Errors of decoding and encoding queue records.

/// A fault of a queue record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[non_exhaustive]
pub enum QueueCodecError {
    /// The bytes end inside the record.
    #[error("queue record of {actual} bytes ends before its {expected} bytes are complete")]
    Truncated {
        /// Bytes of the record, as far as they are known.
        expected: usize,
        /// The bytes that are there.
        actual: usize,
    },
    /// Bytes follow behind the record.
    #[error("queue record ends after {expected} bytes, but there are {actual}")]
    TrailingBytes {
        /// Bytes of the record.
        expected: usize,
        /// The bytes that are there.
        actual: usize,
    },
    /// The record has another version.
    #[error("queue record has version {found}; version {expected} is known")]
    UnsupportedVersion {
        /// The known version.
        expected: u8,
        /// The record's version.
        found: u8,
    },
    /// A field has an unknown value.
    #[error("queue record has {value} as its {field}, which means nothing")]
    InvalidFieldValue {
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
    },
    /// A payload is longer than its length field can hold.
    #[error("payload of {len} bytes; queue records take at most 4,294,967,295")]
    FieldTooLarge {
        /// The length.
        len: usize,
    },
    /// The buffer is too small.
    #[error("queue record takes {needed} bytes, but there is room for {room}")]
    NoRoom {
        /// The bytes that it takes.
        needed: usize,
        /// The bytes that there are.
        room: usize,
    },
}

impl core::error::Error for QueueCodecError {}

impl QueueCodecError {
    /// Checks that the bytes are exactly one record.
    pub(super) const fn check_len(expected: usize, actual: usize) -> Result<(), Self> {
        if actual < expected {
            return Err(Self::Truncated { expected, actual });
        }
        if actual > expected {
            return Err(Self::TrailingBytes { expected, actual });
        }
        Ok(())
    }

    pub(super) const fn check_version(expected: u8, found: u8) -> Result<(), Self> {
        if found != expected {
            return Err(Self::UnsupportedVersion { expected, found });
        }
        Ok(())
    }
}
