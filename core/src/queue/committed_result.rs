//! A queue record with the outcome of a command.

use super::QueueCodecError;

/// The version of a [`CommittedResultRecord`], its first byte.
pub const COMMITTED_RESULT_RECORD_VERSION: u8 = 2;
/// Bytes of a [`CommittedResultRecord`].
pub const COMMITTED_RESULT_RECORD_LEN: usize = 18;

const COMMITTED: u8 = 1;
const REJECTED: u8 = 2;

/// The outcome of a command, which is identified by its number in the queue.
///
/// ```text
/// 0         1                   9                         10                                18
/// | 2       | ext_seq, u64 LE   | 1 committed, 2 rejected | tx_seq or error code, u64 LE    |
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommittedResultRecord {
    /// The command's number in the queue that it came from.
    pub ext_seq: u64,
    /// Its outcome.
    pub status: CommittedStatus,
}

/// The outcome of a command. The list is closed: another one would be another version of the
/// record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommittedStatus {
    /// It took effect.
    Committed {
        /// The number of its transaction.
        tx_seq: u64,
    },
    /// It changed nothing.
    Rejected {
        /// The reason.
        error_code: RejectedErrorCode,
    },
}

/// The reason of a rejected command, as the queue stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum RejectedErrorCode {
    /// The plugin or the host rejected it.
    CommandRejected = 1,
    /// It panicked.
    RuntimePanic = 103,
}

impl RejectedErrorCode {
    const fn of_value(value: u64) -> Result<Self, QueueCodecError> {
        match value {
            1 => Ok(Self::CommandRejected),
            103 => Ok(Self::RuntimePanic),
            _ => Err(QueueCodecError::InvalidFieldValue { field: "error_code", value }),
        }
    }
}

impl CommittedResultRecord {
    /// The record as bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; COMMITTED_RESULT_RECORD_LEN] {
        let (tag, value) = match self.status {
            CommittedStatus::Committed { tx_seq } => (COMMITTED, tx_seq),
            CommittedStatus::Rejected { error_code } => (REJECTED, error_code as u64),
        };
        let mut bytes = [0; COMMITTED_RESULT_RECORD_LEN];
        let ([version, rest @ ..], seq, value) =
            (&mut bytes, self.ext_seq.to_le_bytes(), value.to_le_bytes());
        *version = COMMITTED_RESULT_RECORD_VERSION;
        let (seq_place, rest) = rest.split_at_mut(seq.len());
        seq_place.copy_from_slice(&seq);
        if let [tag_place, value_place @ ..] = rest {
            *tag_place = tag;
            value_place.copy_from_slice(&value);
        }
        bytes
    }

    /// Decodes a record. No byte may follow it.
    ///
    /// # Errors
    ///
    /// The bytes are shorter or longer than the record, or have another version or an unknown
    /// outcome.
    pub fn decode(bytes: &[u8]) -> Result<Self, QueueCodecError> {
        let (expected, actual) = (COMMITTED_RESULT_RECORD_LEN, bytes.len());
        let truncated = QueueCodecError::Truncated { expected, actual };
        let (version, rest) = bytes.split_first().ok_or(truncated)?;
        QueueCodecError::check_version(COMMITTED_RESULT_RECORD_VERSION, *version)?;
        QueueCodecError::check_len(expected, actual)?;
        let (ext_seq, rest) = rest.split_first_chunk().ok_or(truncated)?;
        let (tag, rest) = rest.split_first().ok_or(truncated)?;
        let (value, _) = rest.split_first_chunk().ok_or(truncated)?;
        let value = u64::from_le_bytes(*value);
        let status = match *tag {
            COMMITTED => CommittedStatus::Committed { tx_seq: value },
            REJECTED => {
                CommittedStatus::Rejected { error_code: RejectedErrorCode::of_value(value)? }
            }
            tag => {
                let (field, value) = ("status_tag", tag.into());
                return Err(QueueCodecError::InvalidFieldValue { field, value });
            }
        };
        Ok(Self { ext_seq: u64::from_le_bytes(*ext_seq), status })
    }
}
