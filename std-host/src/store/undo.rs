//! How a transaction is undone, or made to last.

use super::{Store, table::Slot};

/// One step of a transaction, in the order of execution. An update carries the bytes that it replaced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Undo {
    pub(super) step: Step,
    /// Position of the table.
    pub(super) table: u8,
    pub(super) slot: Slot,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// A record was created in a slot that did not exist before.
    CreateAtEnd,
    /// A record was created in a slot that had been free.
    CreateInFree,
    Update,
    /// A record was deleted; its slot and bytes are kept until the transaction is.
    Delete,
}

impl Store {
    /// Undoes the running transaction, last step first. Does nothing when none is running.
    pub(super) fn roll_back(&mut self) {
        if !self.open {
            return;
        }
        self.open = false;
        self.events.clear();
        let Self { undo, tables, .. } = self;
        let mut undo_one = |undo: Undo, old: &[u8]| {
            let Some(table) = tables.at_mut(undo.table) else { return };
            match undo.step {
                Step::CreateAtEnd => table.undo_create_at_end(undo.slot),
                Step::CreateInFree => table.undo_create_in_free(undo.slot),
                Step::Update => table.data_mut(undo.slot).copy_from_slice(old),
                Step::Delete => table.undo_delete(undo.slot),
            }
        };
        while undo.pop(&mut undo_one).is_some() {}
    }

    /// Makes the running transaction last.
    pub(super) fn keep(&mut self) {
        self.open = false;
        if self.has_deleted {
            self.has_deleted = false;
            for (undo, _) in self.undo.iter() {
                if let (Step::Delete, Some(table)) = (undo.step, self.tables.at_mut(undo.table)) {
                    table.keep_delete(undo.slot);
                }
            }
        }
        self.undo.clear();
    }
}
