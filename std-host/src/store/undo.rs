//! How a transaction is undone, or made to last.

use super::{
    Store,
    rows::{Claimed, Slot},
};

/// One step of a transaction. An update goes with the bytes that it replaced.
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
    /// The record's row is kept until the transaction is.
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

impl Store {
    /// Undoes the running transaction, last step first.
    pub(super) fn roll_back(&mut self) {
        self.close();
        self.has_deleted = false;
        let Self { undo, tables, .. } = self;
        let mut undo_one = |undo: Undo, old: &[u8]| {
            let Some(table) = tables.at_mut(undo.table) else { return };
            match undo.step {
                Step::Create(claimed) => table.undo_create(claimed),
                Step::Update(slot) => table.layout_and_data_mut(slot).1.copy_from_slice(old),
                Step::Delete(slot) => table.undo_delete(slot),
            }
        };
        while undo.pop(&mut undo_one).is_some() {}
    }

    /// Makes the running transaction last.
    #[inline]
    pub(super) fn keep(&mut self) {
        self.close();
        if self.has_deleted {
            self.keep_deletes();
        }
        self.undo.clear();
    }

    #[inline]
    fn close(&mut self) {
        (self.open, self.room) = (false, 0);
    }

    fn keep_deletes(&mut self) {
        self.has_deleted = false;
        for (undo, _) in self.undo.iter() {
            if let (Step::Delete(slot), Some(table)) = (undo.step, self.tables.at_mut(undo.table)) {
                table.keep_delete(slot);
            }
        }
    }
}
