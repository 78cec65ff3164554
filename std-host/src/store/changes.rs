//! The net changes of the running transaction.

use std::collections::TryReserveError;

use statevec_abi::{abi::RecordKey, txlog::Change};

use super::{Events, Store, spare::release_spare, touched::Touched, undo::Step};

/// The net change of each record that a transaction touched, in the order in which the transaction
/// first touched them.
#[derive(Debug, Clone)]
pub struct Changes<'s> {
    store: &'s Store,
    touched: std::slice::Iter<'s, Touched>,
}

impl Store {
    /// Lists the records that the running transaction touched.
    pub(super) fn list_changes(&mut self) -> Result<Changes<'_>, TryReserveError> {
        let Self { touched, undo, .. } = self;
        let count = undo.iter().len();
        touched.clear();
        release_spare(touched);
        touched.try_reserve(count)?;
        for (first, (undo, _)) in undo.iter().enumerate() {
            let step = Touched {
                table: undo.table,
                slot: undo.step.slot(),
                first,
                is_deleted: matches!(undo.step, Step::Delete(_)),
            };
            let compared = if count <= FEW { touched.as_mut_slice() } else { &mut [] };
            match compared.iter_mut().find(|record| record.is_same(&step)) {
                Some(record) => record.is_deleted |= step.is_deleted,
                None => touched.push(step),
            }
        }
        if count > FEW {
            join(touched);
        }
        let store = &*self;
        Ok(Changes { store, touched: store.touched.iter() })
    }

    fn change(&self, touched: &Touched) -> Option<Change<'_>> {
        let table = self.tables.at(touched.table)?;
        let (first, old) = self.undo.get(touched.first)?;
        let record = table.record(touched.slot);
        let key = RecordKey { kind: table.layout().kind(), sys_id: record.sys_id };
        match (first.step, touched.is_deleted) {
            (Step::Create(_), true) => Some(Change::CreatedAndDeleted { key }),
            (Step::Create(_), false) => Some(Change::Created { key, data: record.data }),
            (Step::Update(_), true) => Some(Change::Deleted { key, old }),
            (Step::Update(_), false) => {
                let new = record.data;
                (old != new).then_some(Change::Updated { key, old, new })
            }
            // The row of a deleted record stays until the transaction ends.
            (Step::Delete(_), _) => Some(Change::Deleted { key, old: record.data }),
        }
    }
}

/// Up to this number of steps, each is compared with those before it. More are sorted.
const FEW: usize = 8;

/// Joins the steps of each record, and restores the order.
fn join(steps: &mut Vec<Touched>) {
    steps.sort_unstable_by_key(|step| (step.table, step.slot, step.first));
    steps.dedup_by(|later, first| {
        let is_same = later.is_same(first);
        first.is_deleted |= is_same && later.is_deleted;
        is_same
    });
    steps.sort_unstable_by_key(|record| record.first);
}

impl<'s> Changes<'s> {
    /// The events that the transaction emitted so far.
    #[must_use]
    pub fn events(&self) -> Events<'s> {
        Events::new(self.store.events.iter())
    }
}

impl<'s> Iterator for Changes<'s> {
    type Item = Change<'s>;

    fn next(&mut self) -> Option<Change<'s>> {
        let store = self.store;
        self.touched.by_ref().find_map(|touched| store.change(touched))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.touched.len()))
    }
}
