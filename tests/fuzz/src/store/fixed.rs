//! The store in a fixed amount of memory.

use std::{collections::BTreeMap, mem, rc::Rc};

use statevec_abi::{
    abi::{RecordKey, RecordKind},
    fixed_store::{FixedMemory, FixedStore, record_size},
};

use super::{
    contents::assert_contents,
    model::{Model, ModelRecords, Room},
    runner::Runner,
    schema::SCHEMA,
    script::{Call, End, Transaction},
};

const RECORDS: usize = 9;
const EVENT_BYTES: usize = 48;
const CHANGES: usize = 7;
/// Bytes that an event takes besides its payload.
const EVENT_OVERHEAD: usize = 5;

type Memory = FixedMemory<RECORDS, { record_size(&SCHEMA) }, EVENT_BYTES, CHANGES, 3>;

pub(super) fn check(transactions: &[Rc<Transaction>]) {
    let mut memory = Memory::new();
    let mut store = FixedStore::new(&SCHEMA, &mut memory).expect("a memory for this schema");
    let mut model = Model::new(FixedRoom { changes: Vec::new(), event_bytes: 0 });
    let mut runner = Runner::new();
    for script in transactions {
        let expected = model.run(script);

        let mut transaction = store.begin();
        let ran = runner.run(transaction.host(), script);
        if script.end == End::Leak {
            mem::forget(transaction);
            drop(store.begin());
        } else if ran.failure.is_none() {
            transaction.commit();
        } else {
            drop(transaction);
        }
        let events: Vec<_> =
            store.events().map(|event| (event.kind, event.payload.to_vec())).collect();

        assert_eq!(ran, expected);
        assert_eq!(events, model.events);
        assert_eq!(store.digest(), model.digest());
        assert_contents!(store, model);
    }
}

/// Places for records of all kinds together, for changes, and bytes for events.
#[derive(Debug, Clone)]
struct FixedRoom {
    /// The records that were created, changed or deleted, each of them once.
    changes: Vec<RecordKey>,
    event_bytes: usize,
}

impl FixedRoom {
    fn has_change_left(&self) -> bool {
        self.changes.len() < CHANGES
    }
}

impl Room for FixedRoom {
    fn begin(&mut self) {
        self.changes.clear();
        self.event_bytes = 0;
    }

    fn write(&mut self, _: &Call) -> bool {
        true
    }

    fn create(&mut self, tables: &BTreeMap<RecordKind, ModelRecords>, _: RecordKind) -> bool {
        let records: usize = tables.values().map(|table| table.records.len()).sum();
        records < RECORDS && self.has_change_left()
    }

    fn update(&mut self, key: RecordKey) -> bool {
        self.changes.contains(&key) || self.has_change_left()
    }

    fn delete(&mut self, key: RecordKey) -> bool {
        let has_room = self.has_change_left();
        if has_room {
            self.changes.push(key);
        }
        has_room
    }

    fn changed(&mut self, key: RecordKey) {
        if !self.changes.contains(&key) {
            self.changes.push(key);
        }
    }

    fn emit(&mut self, len: usize) -> bool {
        let needed = self.event_bytes + len + EVENT_OVERHEAD;
        let has_room = needed <= EVENT_BYTES;
        if has_room {
            self.event_bytes = needed;
        }
        has_room
    }
}
