//! The net changes of the running transaction.

use std::collections::TryReserveError;

use statevec_abi::{abi::RecordKey, txlog::Change};

use super::{Events, Store, rows::Slot, undo::Step};

/// The net change of each record that a transaction touched, in the order in which the transaction
/// first touched them.
#[derive(Debug, Clone)]
pub struct Changes<'s> {
    store: &'s Store,
    touched: std::slice::Iter<'s, Touched>,
}

/// A record that the running transaction touched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touched {
    /// Position of the table.
    table: u8,
    /// No other record of the table gets this slot before the transaction ends.
    slot: Slot,
    /// Position of the record's first step in the undo log.
    first: usize,
    is_deleted: bool,
}

impl Store {
    /// Lists the records that the running transaction touched.
    pub(super) fn list_changes(&mut self) -> Result<Changes<'_>, TryReserveError> {
        let Self { touched, undo, .. } = self;
        touched.clear();
        touched.try_reserve(undo.iter().len())?;
        touched.extend(undo.iter().enumerate().map(|(first, (undo, _))| Touched {
            table: undo.table,
            slot: undo.step.slot(),
            first,
            is_deleted: matches!(undo.step, Step::Delete(_)),
        }));
        touched.sort_unstable_by_key(|step| (step.table, step.slot, step.first));
        touched.dedup_by(|later, first| {
            let is_same = (later.table, later.slot) == (first.table, first.slot);
            first.is_deleted |= is_same && later.is_deleted;
            is_same
        });
        touched.sort_unstable_by_key(|record| record.first);
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
