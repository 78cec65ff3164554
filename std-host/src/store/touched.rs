//! A record that a transaction touched, as the list of changes keeps it.

use super::rows::Slot;

/// A record that the running transaction touched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touched {
    /// Position of the table.
    pub(super) table: u8,
    /// No other record of the table gets this slot before the transaction ends.
    pub(super) slot: Slot,
    /// Position of the record's first step in the undo log.
    pub(super) first: usize,
    pub(super) is_deleted: bool,
}

impl Touched {
    /// Returns true if both are steps of one record.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.slot == other.slot && self.table == other.table
    }
}
