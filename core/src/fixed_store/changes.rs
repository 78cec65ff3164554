//! How a transaction is undone.

use heapless::VecView;

use super::rows::copy;
use crate::abi::RecordKey;

/// One step of a transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) step: Step,
    pub(super) key: RecordKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Create,
    /// The first update of a record in a transaction.
    Update,
    Delete,
}

/// The steps of the running transaction in the order of execution, those that replaced or removed a record with the row that it had.
pub(super) struct Changes<'m> {
    steps: &'m mut VecView<Change>,
    old: &'m mut [u8],
    row_size: usize,
}

impl<'m> Changes<'m> {
    pub(super) fn new(steps: &'m mut VecView<Change>, old: &'m mut [u8], row_size: usize) -> Self {
        steps.clear();
        Self { steps, old, row_size }
    }

    pub(super) fn is_full(&self) -> bool {
        self.steps.is_full()
    }

    pub(super) fn capacity(&self) -> usize {
        self.steps.capacity()
    }

    /// Whether an update of the record needs no step of its own: one that is there already brings back its data, or makes an end of it.
    pub(super) fn covers(&self, key: RecordKey) -> bool {
        self.steps.iter().any(|change| change.key == key)
    }

    /// Adds a step. There is room: whoever calls has asked.
    pub(super) fn push(&mut self, step: Step, key: RecordKey, old: &[u8]) {
        let start = self.steps.len() * self.row_size;
        if self.steps.push(Change { step, key }).is_ok() {
            copy(self.old.get_mut(start..).unwrap_or_default(), old);
        }
    }

    /// Takes the last step back, and shows the old row.
    pub(super) fn pop(&mut self) -> Option<(Change, &[u8])> {
        let change = self.steps.pop()?;
        let rest = self.old.get(self.steps.len() * self.row_size..);
        let row = rest.and_then(|rest| rest.get(..self.row_size));
        Some((change, row.unwrap_or_default()))
    }

    pub(super) fn clear(&mut self) {
        self.steps.clear();
    }
}
