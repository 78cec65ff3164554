//! The undo log's entries: the steps of a transaction.

use super::rows::{Claimed, Slot};

/// Bytes that an event or an undo step takes from the room of a transaction in addition to its own.
pub(super) const ENTRY_BYTES: usize = 24;

/// One step of a transaction. An update is stored with the bytes that it replaced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Undo {
    /// Position of the table.
    pub(super) table: u8,
    pub(super) step: Step,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Create(Claimed),
    Update(Slot),
    /// The record's row is kept until the transaction commits.
    Delete(Slot),
}

impl Step {
    /// The record's row.
    pub(super) const fn slot(self) -> Slot {
        match self {
            Self::Create(Claimed { slot, .. }) | Self::Update(slot) | Self::Delete(slot) => slot,
        }
    }
}
