//! Commands and record keys.

use super::{bytes::RuntimeBytesRef, layout::assert_layout};

/// Stable number of a record type within a schema; 0 is reserved.
pub type RecordKind = u8;
/// Number that the host gives to a record; counts from 1 per kind.
pub type SysId = u64;

/// A record's kind and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// The record's kind.
    pub kind: RecordKind,
    /// The record's number within its kind.
    pub sys_id: SysId,
}

/// A record key as it crosses the boundary.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuntimeRecordKeyView {
    /// The record's kind.
    pub kind: RecordKind,
    /// The record's number within its kind.
    pub sys_id: SysId,
}

assert_layout!(RuntimeRecordKeyView {
    size: [16, 16, 12],
    align: [8, 8, 4],
    kind: [0, 0, 0],
    sys_id: [8, 8, 4]
});

impl From<RecordKey> for RuntimeRecordKeyView {
    fn from(key: RecordKey) -> Self {
        Self { kind: key.kind, sys_id: key.sys_id }
    }
}

impl From<RuntimeRecordKeyView> for RecordKey {
    fn from(view: RuntimeRecordKeyView) -> Self {
        Self { kind: view.kind, sys_id: view.sys_id }
    }
}

/// A command as it crosses the boundary, by value.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuntimeCommandView {
    /// The command's kind.
    pub command_kind: u8,
    /// Sequence number in the queue that the command came from.
    pub ext_seq: u64,
    /// Reference time given by the source, in microseconds.
    pub ref_ext_time_us: u64,
    /// The encoded payload.
    pub payload: RuntimeBytesRef,
}

assert_layout!(RuntimeCommandView {
    size: [40, 32, 28],
    align: [8, 8, 4],
    command_kind: [0, 0, 0],
    ext_seq: [8, 8, 4],
    ref_ext_time_us: [16, 16, 12],
    payload: [24, 24, 20],
});
