//! A plugin's host call, and its answer, as layers see them.

use core::fmt;

use crate::{
    abi::{RecordKey, RecordKind, SysId},
    boundary::text_writer::Decimal,
};

/// A call that a plugin makes of its host. The arguments have passed the checks of the boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerCall<'c> {
    /// Read a record by its number.
    ReadById {
        /// The record's kind.
        kind: RecordKind,
        /// The record's number.
        sys_id: SysId,
    },
    /// Read a record by its primary key.
    ReadByPk {
        /// The record's kind.
        kind: RecordKind,
        /// The encoded key.
        pk: &'c [u8],
    },
    /// Create a record.
    Create {
        /// The record's kind.
        kind: RecordKind,
    },
    /// Update the record of a primary key.
    Update {
        /// The record's kind.
        kind: RecordKind,
        /// The encoded key.
        pk: &'c [u8],
    },
    /// Delete the record of a primary key.
    Delete {
        /// The record's kind.
        kind: RecordKind,
        /// The encoded key.
        pk: &'c [u8],
    },
    /// Emit an event.
    Emit {
        /// The event's kind.
        kind: u8,
        /// The encoded event.
        payload: &'c [u8],
    },
    /// Show the keys of all records of a kind.
    ForEachKey {
        /// The records' kind.
        kind: RecordKind,
    },
    /// Take a debug message, which may not be UTF-8.
    DebugLog {
        /// The message.
        message: &'c [u8],
    },
}

impl LayerCall<'_> {
    /// The name of the call: that of the method of [`Host`](crate::host::Host).
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ReadById { .. } => "read_by_id",
            Self::ReadByPk { .. } => "read_by_pk",
            Self::Create { .. } => "create",
            Self::Update { .. } => "update_by_pk",
            Self::Delete { .. } => "delete_by_pk",
            Self::Emit { .. } => "emit_event",
            Self::ForEachKey { .. } => "for_each_key",
            Self::DebugLog { .. } => "debug_log",
        }
    }

    /// The kind of the records, or of the event; `None` for a debug message.
    #[must_use]
    pub const fn kind(&self) -> Option<u8> {
        match *self {
            Self::ReadById { kind, .. }
            | Self::ReadByPk { kind, .. }
            | Self::Create { kind }
            | Self::Update { kind, .. }
            | Self::Delete { kind, .. }
            | Self::Emit { kind, .. }
            | Self::ForEachKey { kind } => Some(kind),
            Self::DebugLog { .. } => None,
        }
    }

    /// Bytes that the plugin hands over with the call: an event or a debug message.
    #[must_use]
    pub const fn payload_len(&self) -> usize {
        match self {
            Self::Emit { payload: bytes, .. } | Self::DebugLog { message: bytes } => bytes.len(),
            _ => 0,
        }
    }
}

/// Name and kind: `create 1`.
impl fmt::Display for LayerCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self.kind() {
            Some(kind) => {
                f.write_str(" ")?;
                Decimal(kind.into()).fmt(f)
            }
            None => Ok(()),
        }
    }
}

/// A host call with its answer. It displays as `update_by_pk 1: found, 64 bytes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnsweredCall<'c> {
    /// The call.
    pub call: LayerCall<'c>,
    /// The answer.
    pub answer: Answer,
    /// Bytes that the host lent, and that the plugin handed over with the call.
    pub bytes: usize,
}

impl fmt::Display for AnsweredCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)?;
        match self.answer {
            Answer::Found => f.write_str(": found")?,
            Answer::Missing => f.write_str(": missing")?,
            Answer::Created(key) => {
                f.write_str(": created ")?;
                Decimal(key.sys_id).fmt(f)?;
            }
            Answer::Done => f.write_str(": done")?,
            Answer::Refused => f.write_str(": refused")?,
        }
        f.write_str(", ")?;
        Decimal(self.bytes as u64).fmt(f)?;
        f.write_str(" bytes")
    }
}

/// The answer of a host to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// There is such a record, and it was read, updated or deleted.
    Found,
    /// There is no such record.
    Missing,
    /// A record was created.
    Created(RecordKey),
    /// The call has no other answer: an event, a debug message, or a list of keys.
    Done,
    /// The host refused the call. Its reason is in the plugin's error buffer.
    Refused,
}
