//! The changes that a transaction makes to records.

use crate::abi::RecordKey;

/// The net effect of a transaction on one record. The list is closed: another kind of change would
/// be another version of the log's format.
///
/// A store lists one change for each record that a transaction touched, in the order in which the
/// transaction first touched them. Steps in between are not listed:
///
/// | steps | change |
/// |---|---|
/// | create, then updates | [`Created`](Self::Created) with the final data |
/// | create, then delete | [`CreatedAndDeleted`](Self::CreatedAndDeleted): a sys_id is used up |
/// | updates | one [`Updated`](Self::Updated), or none if the data is as before |
/// | updates, then delete | [`Deleted`](Self::Deleted) with the data from before the transaction |
///
/// Each record that was created, also if it was deleted again, is listed once, in ascending order
/// of its sys_id. The sys_id of the last one plus 1 is therefore the kind's next sys_id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a> {
    /// The record is new.
    Created {
        /// The record's kind and number.
        key: RecordKey,
        /// Its data after the transaction.
        data: &'a [u8],
    },
    /// The record has other data. Both slices have the same length.
    Updated {
        /// The record's kind and number.
        key: RecordKey,
        /// Its data before the transaction.
        old: &'a [u8],
        /// Its data after the transaction.
        new: &'a [u8],
    },
    /// The record is gone.
    Deleted {
        /// The record's kind and number.
        key: RecordKey,
        /// Its data before the transaction.
        old: &'a [u8],
    },
    /// The transaction created the record and deleted it. No later record gets its number.
    CreatedAndDeleted {
        /// The record's kind and number.
        key: RecordKey,
    },
}

impl Change<'_> {
    /// The record's kind and number.
    #[must_use]
    pub const fn key(&self) -> RecordKey {
        match *self {
            Self::Created { key, .. }
            | Self::Updated { key, .. }
            | Self::Deleted { key, .. }
            | Self::CreatedAndDeleted { key } => key,
        }
    }
}
