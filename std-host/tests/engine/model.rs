//! A model of the store: maps that are cloned for each transaction.

use std::{
    collections::BTreeMap,
    ops::{
        Bound::{Excluded, Included, Unbounded},
        RangeBounds,
    },
};

use statevec_abi::abi::RecordKind;
use statevec_host::Store;

use crate::{
    schema::{ACCOUNT, NOTE, PAIR, SEEN, pk, places},
    script::{OPENED, REFUSED, Script, Step},
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Model {
    kinds: BTreeMap<RecordKind, Kind>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Kind {
    next_id: u64,
    /// Number to key and value.
    records: BTreeMap<u64, (Vec<u8>, i64)>,
}

/// The end of a script.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    Committed(Vec<Vec<u8>>),
    Rejected,
    /// The plugin broke its own schema.
    Unlisted,
    Panicked,
}

/// A step that fails.
enum Stop {
    Refused,
    Unlisted,
    Rejected,
    Panicked,
}

impl Model {
    pub(crate) fn new() -> Self {
        let empty = || Kind { next_id: 1, records: BTreeMap::new() };
        Self { kinds: [ACCOUNT, PAIR, NOTE].into_iter().map(|kind| (kind, empty())).collect() }
    }

    /// The model after a script.
    pub(crate) fn run(&mut self, script: &Script) -> Ends {
        let (mut next, mut events) = (self.clone(), Vec::new());
        for step in &script.steps {
            match next.step(*step) {
                Ok(report) => events.extend(report),
                Err(Stop::Refused | Stop::Unlisted) if script.tolerant => {
                    events.push(REFUSED.to_vec());
                }
                Err(Stop::Refused | Stop::Rejected) => return Ends::Rejected,
                Err(Stop::Unlisted) => return Ends::Unlisted,
                Err(Stop::Panicked) => return Ends::Panicked,
            }
        }
        *self = next;
        Ends::Committed(events)
    }

    fn step(&mut self, step: Step) -> Result<Option<Vec<u8>>, Stop> {
        Ok(Some(match step {
            Step::Create { kind, key, value } => {
                let keyed = kind != NOTE;
                let table = self.kind(kind)?;
                let pk = pk(kind, key);
                if keyed && table.find(&pk).is_some() {
                    return Err(Stop::Refused);
                }
                let id = table.next_id;
                table.next_id += 1;
                table.records.insert(id, (pk, value));
                id.to_le_bytes().to_vec()
            }
            Step::Update { kind, key, value } => {
                let found = self.keyed(kind)?.find(&pk(kind, key));
                if let Some(record) =
                    found.and_then(|id| self.kinds.get_mut(&kind)?.records.get_mut(&id))
                {
                    record.1 = value;
                }
                vec![found.is_some().into()]
            }
            Step::UpdateKey { kind, key, new_key } => {
                let same = pk(kind, key) == pk(kind, new_key);
                self.update_frozen(kind, key, same)?
            }
            Step::UpdateOpened { kind, key, opened } => {
                self.update_frozen(kind, key, opened as u32 == OPENED)?
            }
            Step::Delete { kind, key } => {
                let table = self.keyed(kind)?;
                let found = table.find(&pk(kind, key));
                found.map(|id| table.records.remove(&id));
                vec![found.is_some().into()]
            }
            Step::Read { kind, key } => {
                let table = self.keyed(kind)?;
                let found = table.find(&pk(kind, key)).and_then(|id| table.records.get(&id));
                return Ok(found.map(|(_, value)| value.to_le_bytes().to_vec()));
            }
            Step::ReadById { kind, id } => {
                let found = self.kind(kind)?.records.get(&id);
                return Ok(found.map(|(_, value)| value.to_le_bytes().to_vec()));
            }
            Step::Walk { kind } => {
                let records = self.kind(kind)?.records.iter();
                records
                    .flat_map(|(id, (_, value))| [id.to_le_bytes(), value.to_le_bytes()].concat())
                    .collect()
            }
            Step::Emit { kind, .. } if kind != SEEN => return Err(Stop::Unlisted),
            Step::Emit { byte, .. } => vec![byte],
            Step::Log { .. } => return Ok(None),
            Step::Reject => return Err(Stop::Rejected),
            Step::Panic => return Err(Stop::Panicked),
        }))
    }

    /// An update that writes a stray value and a field that may not change.
    fn update_frozen(&mut self, kind: RecordKind, key: u64, same: bool) -> Result<Vec<u8>, Stop> {
        let table = self.keyed(kind)?;
        match table.find(&pk(kind, key)).and_then(|id| table.records.get_mut(&id)) {
            Some(_) if !same => Err(Stop::Refused),
            Some(record) => {
                record.1 = crate::script::STRAY;
                Ok(vec![1])
            }
            None => Ok(vec![0]),
        }
    }

    fn kind(&mut self, kind: RecordKind) -> Result<&mut Kind, Stop> {
        self.kinds.get_mut(&kind).ok_or(Stop::Unlisted)
    }

    fn keyed(&mut self, kind: RecordKind) -> Result<&mut Kind, Stop> {
        if kind == NOTE { Err(Stop::Unlisted) } else { self.kind(kind) }
    }

    /// Compares the results of all reading functions of a store.
    pub(crate) fn assert_matches(&self, store: &Store) {
        store.check_consistency().unwrap();
        for (&kind, table) in &self.kinds {
            assert_eq!(store.next_sys_id(kind), Some(table.next_id));
            assert_eq!(store.len(kind), table.records.len());
            let value = |data: &[u8]| {
                i64::from_le_bytes(data[places(kind).value..][..8].try_into().unwrap())
            };
            let stored: Vec<_> =
                store.records(kind).map(|record| (record.sys_id, value(record.data))).collect();
            let expected: Vec<_> =
                table.records.iter().map(|(id, (_, value))| (*id, *value)).collect();
            assert_eq!(stored, expected, "kind {kind}");
            for (&id, (pk, expected)) in &table.records {
                assert_eq!(store.get(kind, id).map(value), Some(*expected));
                if kind != NOTE {
                    assert_eq!(store.get_by_pk(kind, pk).map(|record| record.sys_id), Some(id));
                }
            }
            assert_eq!(store.range(kind, Unbounded, Unbounded).is_some(), kind == PAIR);
        }
        self.assert_ordered(store);
    }

    /// Compares the ranges that start, end and lie between any two keys.
    fn assert_ordered(&self, store: &Store) {
        let records = self.kinds[&PAIR].records.iter();
        let keys: Vec<&[u8]> = records.map(|(_, (pk, _))| &**pk).collect();
        let bounds = keys.iter().flat_map(|key| [Included(*key), Excluded(*key)]);
        let bounds: Vec<_> = bounds.chain([Unbounded]).collect();
        for &low in &bounds {
            for &high in &bounds {
                let mut expected: Vec<_> = keys
                    .iter()
                    .copied()
                    .filter(|key| RangeBounds::<[u8]>::contains(&(low, high), *key))
                    .collect();
                expected.sort_unstable();
                let id = |key: &[u8]| store.get_by_pk(PAIR, key).map(|record| record.sys_id);
                let expected: Vec<_> = expected.into_iter().filter_map(id).collect();
                let found = || store.range(PAIR, low, high).unwrap().map(|record| record.sys_id);
                assert_eq!(found().collect::<Vec<_>>(), expected, "{low:?} to {high:?}");
                assert!(found().rev().eq(expected.into_iter().rev()), "{low:?} to {high:?}");
            }
        }
    }
}

impl Kind {
    fn find(&self, pk: &[u8]) -> Option<u64> {
        self.records.iter().find(|(_, record)| record.0 == pk).map(|(id, _)| *id)
    }
}
