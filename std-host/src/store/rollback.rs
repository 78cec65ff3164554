//! Rolls a transaction back, or makes it permanent.

use super::{
    Store,
    spare::{KEPT_BYTES, release_spare},
    undo::{Step, Undo},
};

impl Store {
    /// Undoes the running transaction, last step first.
    pub(super) fn roll_back(&mut self) {
        let used = self.close();
        self.has_deleted = false;
        let Self { undo, tables, .. } = self;
        let mut undo_one = |undo: Undo, old: &[u8]| {
            let Some(table) = tables.at_mut(undo.table) else { return };
            match undo.step {
                Step::Create(claimed) => table.undo_create(claimed),
                Step::Update(slot) => table.data_mut(slot).copy_from_slice(old),
                Step::Delete(slot) => table.undo_delete(slot),
            }
        };
        let mut steps = 0;
        while undo.pop(&mut undo_one).is_some() {
            steps += 1;
        }
        if used > 0 {
            self.release_spare(steps);
        }
    }

    /// Makes the running transaction permanent.
    #[inline]
    pub(super) fn keep(&mut self) {
        let used = self.close();
        if self.has_deleted {
            self.keep_deletes();
        }
        self.undo.clear();
        if used > KEPT_BYTES {
            self.release_undo();
        }
    }

    /// Clears the events of the last transaction.
    #[inline]
    pub(super) fn clear_events(&mut self) {
        self.events.clear();
        if self.has_spare {
            self.release_events();
        }
    }

    /// Ends the running transaction, and returns how many bytes of events and undo steps it wrote.
    #[inline]
    fn close(&mut self) -> usize {
        let used = if self.open { self.limits.transaction_bytes - self.room } else { 0 };
        (self.open, self.room) = (false, 0);
        used
    }

    fn keep_deletes(&mut self) {
        self.has_deleted = false;
        for (undo, _) in self.undo.iter() {
            if let (Step::Delete(slot), Some(table)) = (undo.step, self.tables.at_mut(undo.table)) {
                table.keep_delete(slot);
            }
        }
    }

    /// Gives back the memory of work that was undone.
    fn release_spare(&mut self, steps: usize) {
        self.undo.release_spare();
        self.touched.clear();
        release_spare(&mut self.touched);
        self.events.clear();
        self.release_events();
        self.tables.iter_mut().for_each(|table| table.release_spare(steps));
    }

    /// Gives back the memory of a large transaction's undo steps. Its events are still needed.
    #[cold]
    fn release_undo(&mut self) {
        self.undo.release_spare();
        self.touched.clear();
        release_spare(&mut self.touched);
        self.has_spare = true;
    }

    #[cold]
    fn release_events(&mut self) {
        self.events.release_spare();
        self.has_spare = false;
    }
}
