//! The eight entries of a host's table.

use statevec_abi::abi::{
    RuntimeCallStatus, RuntimeErrorBuf, RuntimeHostVTableV1, RuntimeRecordKeyView,
};

use super::{Args, Visitors};

/// An entry of the host's table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::raw) enum Entry {
    ReadById,
    ReadByPk,
    ForEach,
    Create,
    Update,
    Delete,
    Emit,
    Log,
}

impl Entry {
    pub(in crate::raw) const ALL: [Self; 8] = [
        Self::ReadById,
        Self::ReadByPk,
        Self::ForEach,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Emit,
        Self::Log,
    ];

    pub(in crate::raw) fn name(self) -> &'static str {
        match self {
            Self::ReadById => "read_by_id",
            Self::ReadByPk => "read_by_pk",
            Self::ForEach => "for_each",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Emit => "emit",
            Self::Log => "log",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|entry| entry.name() == name)
    }

    /// Returns true if a success writes an out parameter.
    pub(super) fn answers(self) -> bool {
        !matches!(self, Self::ForEach | Self::Emit | Self::Log)
    }

    /// Makes the call; `None` when the entry is null.
    pub(super) fn make(
        self,
        table: &RuntimeHostVTableV1,
        args: &Args,
        flag: *mut u8,
        key: *mut RuntimeRecordKeyView,
        error: *mut RuntimeErrorBuf,
    ) -> Option<RuntimeCallStatus> {
        let Args { ctx, kind, bytes, visitors, .. } = *args;
        let visit = visitors.map_or(std::ptr::null_mut(), |visitors| visitors.ctx);
        let read = visitors.map(|Visitors { read, .. }| read);
        let write = visitors.map(|Visitors { write, .. }| write);
        let key_visitor = visitors.map(|Visitors { key, .. }| key);
        Some(match self {
            Self::ReadById => {
                let entry = table.with_read_typed_raw?;
                // SAFETY: the host is live, and can detect every fault of these arguments (rule 1).
                unsafe { entry(ctx, kind, 1, visit, read, flag, error) }
            }
            Self::ReadByPk => {
                let entry = table.with_read_typed_by_pk_raw?;
                // SAFETY: the host is live, and can detect every fault of these arguments (rule 1).
                unsafe { entry(ctx, kind, bytes, visit, read, flag, error) }
            }
            Self::ForEach => {
                let entry = table.for_each_record_key_raw?;
                // SAFETY: the host is live, and can detect every fault of these arguments (rule 1).
                unsafe { entry(ctx, kind, visit, key_visitor, error) }
            }
            Self::Create => {
                let entry = table.create_typed_raw?;
                // SAFETY: the host is live, and can detect every fault of these arguments (rule 1).
                unsafe { entry(ctx, kind, visit, write, key, error) }
            }
            Self::Update => {
                let entry = table.update_typed_by_pk_raw?;
                // SAFETY: the host is live, and can detect every fault of these arguments (rule 1).
                unsafe { entry(ctx, kind, bytes, visit, write, flag, error) }
            }
            Self::Delete => {
                let entry = table.delete_by_pk_raw?;
                // SAFETY: the host is live, and can detect every fault of these arguments (rule 1).
                unsafe { entry(ctx, kind, bytes, flag, error) }
            }
            Self::Emit => {
                let entry = table.emit_typed_event_raw?;
                // SAFETY: the host is live, and can detect every fault of these arguments (rule 1).
                unsafe { entry(ctx, kind, bytes, error) }
            }
            Self::Log => {
                let entry = table.debug_log?;
                // SAFETY: the host is live, and can detect every fault of these arguments (rule 1).
                unsafe { entry(ctx, bytes, error) }
            }
        })
    }
}
