//! Rolls a transaction back, or makes it permanent.

use super::{
    FixedStore,
    undo::{Step, Undo},
};

impl FixedStore<'_> {
    /// Undoes the running transaction, last step first. Does nothing when none is running.
    pub(super) fn roll_back(&mut self) {
        if !self.open {
            return;
        }
        self.open = false;
        self.events.clear();
        while let Some((Undo { step, key }, row)) = self.undo.pop() {
            match step {
                Step::Create => self.rows.remove(key),
                Step::Update => self.rows.replace(key, row),
                Step::Delete => self.rows.insert(key, row),
            }
            if let (Step::Create, Some((position, _))) = (step, self.record_kind(key.kind))
                && let Some(kind) = self.kinds.get_mut(position)
            {
                kind.next_id = key.sys_id;
            }
        }
    }

    /// Commits the running transaction.
    pub(super) fn keep(&mut self) {
        self.open = false;
        self.undo.clear();
    }
}
