//! The net changes of the running transaction.

use super::{
    FixedStore, layout,
    undo::{Step, Undo},
};
use crate::{abi::RecordKey, txlog::Change};

impl FixedStore<'_> {
    /// One change for each record that the running transaction touched, in the order in which it
    /// first touched them.
    pub(super) fn changes(&self) -> impl Iterator<Item = Change<'_>> + Clone {
        (0..).zip(self.undo.steps()).filter_map(|(position, undo)| self.change_at(position, *undo))
    }

    /// The change of a record that a step was the first to touch.
    fn change_at(&self, position: usize, Undo { step, key }: Undo) -> Option<Change<'_>> {
        let steps = self.undo.steps();
        let deleted = |undo: &Undo| undo.key == key && undo.step == Step::Delete;
        let is_deleted = steps.get(position..).unwrap_or_default().iter().any(deleted);
        let old = self.data_in(key, self.undo.old_row(position));
        let new = || {
            let slot = self.rows.find(key);
            slot.map(|slot| self.data_in(key, self.rows.row(slot))).unwrap_or_default()
        };
        match step {
            Step::Create if is_deleted => Some(Change::CreatedAndDeleted { key }),
            Step::Create => Some(Change::Created { key, data: new() }),
            Step::Update if is_deleted => Some(Change::Deleted { key, old }),
            Step::Update => {
                let new = new();
                (old != new).then_some(Change::Updated { key, old, new })
            }
            Step::Delete => {
                let touched = |undo: &Undo| undo.key == key;
                let is_first = !steps.get(..position).unwrap_or_default().iter().any(touched);
                is_first.then_some(Change::Deleted { key, old })
            }
        }
    }

    /// The data in a row of a record.
    fn data_in<'r>(&self, key: RecordKey, row: &'r [u8]) -> &'r [u8] {
        let size = self.record_def(key.kind).map_or(0, layout::data_size);
        row.get(..size).unwrap_or_default()
    }
}
