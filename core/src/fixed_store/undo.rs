//! The undo log of a transaction.

use heapless::VecView;

use super::rows::copy;
use crate::abi::RecordKey;

/// One step of a transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Undo {
    pub(super) step: Step,
    pub(super) key: RecordKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Create,
    /// The first update of a record in a transaction that did not create it.
    Update,
    Delete,
}

/// The steps of the running transaction in the order of execution. Updates and deletions keep the
/// row from before them.
pub(super) struct UndoLog<'m> {
    steps: &'m mut VecView<Undo>,
    old: &'m mut [u8],
    row_size: usize,
}

impl<'m> UndoLog<'m> {
    pub(super) fn new(steps: &'m mut VecView<Undo>, old: &'m mut [u8], row_size: usize) -> Self {
        steps.clear();
        Self { steps, old, row_size }
    }

    pub(super) fn is_full(&self) -> bool {
        self.steps.is_full()
    }

    pub(super) fn capacity(&self) -> usize {
        self.steps.capacity()
    }

    /// The steps, in the order of execution.
    pub(super) fn steps(&self) -> &[Undo] {
        self.steps
    }

    /// The row from before a step that replaced or removed one.
    pub(super) fn old_row(&self, position: usize) -> &[u8] {
        let start = position * self.row_size;
        self.old.get(start..start + self.row_size).unwrap_or_default()
    }

    /// Returns true if an update of the record needs no step of its own, because an earlier step
    /// restores the record's data or removes the record.
    pub(super) fn covers(&self, key: RecordKey) -> bool {
        self.steps.iter().any(|undo| undo.key == key)
    }

    /// Adds a step. The caller has checked that there is room.
    pub(super) fn push(&mut self, step: Step, key: RecordKey, old: &[u8]) {
        let start = self.steps.len() * self.row_size;
        if self.steps.push(Undo { step, key }).is_ok() {
            copy(self.old.get_mut(start..).unwrap_or_default(), old);
        }
    }

    /// Removes the last step, and gives its old row.
    pub(super) fn pop(&mut self) -> Option<(Undo, &[u8])> {
        let undo = self.steps.pop()?;
        Some((undo, self.old_row(self.steps.len())))
    }

    pub(super) fn clear(&mut self) {
        self.steps.clear();
    }
}
