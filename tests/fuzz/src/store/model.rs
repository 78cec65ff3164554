//! A second implementation of the stores, from the contract.

use std::collections::BTreeMap;

use statevec_abi::{
    abi::{
        RecordKey, RecordKind, RuntimeErrorKind,
        runtime_error_kind::{
            HOST_REJECTED, PLUGIN_INTERNAL_ERROR, PLUGIN_REJECTED, SCHEMA_MISMATCH,
        },
    },
    txlog::StateDigest,
};

use super::{
    plugin::Seen,
    runner::Ran,
    schema::{KINDS, TOLD, changes_what_may_not, data_size, pk, pk_len, pk_of, write},
    script::{Call, End, Key, Kind, Poke, Step, Transaction},
};

/// The content of a store, and its capacity.
#[derive(Debug, Clone)]
pub(super) struct Model<R> {
    pub(super) tables: BTreeMap<RecordKind, ModelRecords>,
    /// Of the last transaction.
    pub(super) events: Vec<(u8, Vec<u8>)>,
    /// Of the last transaction.
    pub(super) log: Vec<Vec<u8>>,
    room: R,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ModelRecords {
    pub(super) next_id: u64,
    pub(super) records: BTreeMap<u64, Vec<u8>>,
}

/// The capacity that a transaction may use; `false` refuses. Stores differ in nothing else.
pub(super) trait Room: Clone {
    /// A transaction begins.
    fn begin(&mut self);
    /// Called before every other check.
    fn write(&mut self, call: &Call) -> bool;
    /// Called before the visitor.
    fn create(&mut self, tables: &BTreeMap<RecordKind, ModelRecords>, kind: RecordKind) -> bool;
    /// Called before the visitor of an existing record.
    fn update(&mut self, key: RecordKey) -> bool;
    /// Called before an existing record is deleted.
    fn delete(&mut self, key: RecordKey) -> bool;
    /// A record was created or changed, which takes an entry of the undo log.
    fn changed(&mut self, key: RecordKey);
    /// Called before an event of a known kind.
    fn emit(&mut self, len: usize) -> bool;
}

/// The access that a visitor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Nothing,
    ForReading,
    ForWriting,
}

struct Panicked;

/// The host's answer, or the kind of its error.
type Answer = Result<Seen, RuntimeErrorKind>;

impl<R: Room> Model<R> {
    pub(super) fn new(room: R) -> Self {
        let empty = ModelRecords { next_id: 1, records: BTreeMap::new() };
        let tables = KINDS.into_iter().map(|kind| (kind, empty.clone())).collect();
        Self { tables, events: Vec::new(), log: Vec::new(), room }
    }

    /// Runs a transaction and keeps or undoes it.
    pub(super) fn run(&mut self, script: &Transaction) -> Ran {
        let mut seen = Vec::new();
        let mut next = self.clone();
        (next.events, next.log) = (Vec::new(), Vec::new());
        next.room.begin();
        let failure = match next.run_steps(script, &mut seen) {
            Ok(failure) => failure,
            Err(Panicked) => Some(PLUGIN_INTERNAL_ERROR),
        };
        if failure.is_none() && script.end != End::Leak {
            *self = next;
        } else {
            (self.events, self.log) = (Vec::new(), next.log);
        }
        Ran { failure, seen }
    }

    fn run_steps(
        &mut self,
        script: &Transaction,
        seen: &mut Vec<Seen>,
    ) -> Result<Option<RuntimeErrorKind>, Panicked> {
        for step in &script.steps {
            if let Err(kind) = self.make(step, Access::Nothing, seen)?
                && !script.tolerant
            {
                return Ok(Some(kind));
            }
        }
        match script.end {
            End::Commit | End::Leak => Ok(None),
            End::Reject => Ok(Some(PLUGIN_REJECTED)),
            End::Panic => Err(Panicked),
        }
    }

    /// Makes the host call of a step. The inner error is the kind that the host answers.
    fn make(
        &mut self,
        step: &Step,
        lent: Access,
        seen: &mut Vec<Seen>,
    ) -> Result<Result<(), RuntimeErrorKind>, Panicked> {
        if matches!(step.call, Call::Panic) {
            return Err(Panicked);
        }
        let illegal = match lent {
            Access::Nothing => false,
            Access::ForReading => step.call.is_write(),
            Access::ForWriting => true,
        };
        let answer = if illegal { Err(HOST_REJECTED) } else { self.call(step, seen)? };
        let done = answer.as_ref().map(drop).map_err(|kind| *kind);
        seen.push(answer.unwrap_or_else(Seen::Refused));
        Ok(done)
    }

    fn call(&mut self, step: &Step, seen: &mut Vec<Seen>) -> Result<Answer, Panicked> {
        // A key of the wrong length is refused before the store is asked.
        let key = match &step.call {
            Call::Update { kind, key, .. }
            | Call::Delete { kind, key }
            | Call::ReadByPk { kind, key } => Some((kind.number(), pk_of(kind.number(), *key))),
            Call::ReadByBytes { kind, pk } => Some((kind.number(), pk.clone())),
            _ => None,
        };
        if let Some((kind, pk)) = &key {
            match pk_len(*kind) {
                None => return Ok(Err(SCHEMA_MISMATCH)),
                Some(len) if len != pk.len() => return Ok(Err(HOST_REJECTED)),
                Some(_) => {}
            }
        }
        if step.call.is_write() && !self.room.write(&step.call) {
            return Ok(Err(HOST_REJECTED));
        }
        let found = key.and_then(|(kind, pk)| self.find(kind, &pk));
        Ok(match &step.call {
            Call::Create { kind, key, pokes } => self.create(*kind, *key, pokes, step, seen)?,
            Call::Update { key, pokes, .. } => self.update(found, *key, pokes, step, seen)?,
            Call::Delete { .. } => self.delete(found),
            Call::ReadByPk { .. } | Call::ReadByBytes { .. } => Ok(self.read(found, step, seen)?),
            Call::ReadById { kind, id } => {
                let (kind, sys_id) = (kind.number(), u64::from(id.0));
                let Some(table) = self.tables.get(&kind) else { return Ok(Err(SCHEMA_MISMATCH)) };
                let exists = table.records.contains_key(&sys_id);
                Ok(self.read(exists.then_some(RecordKey { kind, sys_id }), step, seen)?)
            }
            Call::Walk { kind } => {
                let Some(table) = self.tables.get(&kind.number()) else {
                    return Ok(Err(SCHEMA_MISMATCH));
                };
                for id in table.records.keys().copied().collect::<Vec<_>>() {
                    seen.push(Seen::Key(id));
                    self.inside(step, Access::ForReading, seen)?;
                }
                Ok(Seen::Done)
            }
            Call::Emit { kind, payload } => {
                let kind = kind.number();
                if kind != TOLD {
                    Err(SCHEMA_MISMATCH)
                } else if self.room.emit(payload.len()) {
                    self.events.push((kind, payload.clone()));
                    Ok(Seen::Done)
                } else {
                    Err(HOST_REJECTED)
                }
            }
            Call::Log { text } => {
                self.log.push(String::from_utf8_lossy(text).into_owned().into_bytes());
                Ok(Seen::Done)
            }
            Call::Panic => return Err(Panicked),
        })
    }

    fn inside(&mut self, step: &Step, lent: Access, seen: &mut Vec<Seen>) -> Result<(), Panicked> {
        for step in &step.inside {
            let _refused = self.make(step, lent, seen)?;
        }
        Ok(())
    }

    fn create(
        &mut self,
        kind: Kind,
        key: Key,
        pokes: &[Poke],
        step: &Step,
        seen: &mut Vec<Seen>,
    ) -> Result<Answer, Panicked> {
        let kind = kind.number();
        let Some(size) = data_size(kind) else { return Ok(Err(SCHEMA_MISMATCH)) };
        if !self.room.create(&self.tables, kind) {
            return Ok(Err(HOST_REJECTED));
        }
        let mut data = vec![0; size];
        seen.push(Seen::Lent(data.clone()));
        self.inside(step, Access::ForWriting, seen)?;
        write(kind, key, pokes, &mut data);
        if pk_len(kind).is_some() && self.find(kind, &pk(kind, &data)).is_some() {
            return Ok(Err(HOST_REJECTED));
        }
        let Some(table) = self.tables.get_mut(&kind) else { return Ok(Err(SCHEMA_MISMATCH)) };
        let sys_id = table.next_id;
        table.next_id += 1;
        table.records.insert(sys_id, data);
        self.room.changed(RecordKey { kind, sys_id });
        Ok(Ok(Seen::Created(sys_id)))
    }

    fn update(
        &mut self,
        found: Option<RecordKey>,
        key: Key,
        pokes: &[Poke],
        step: &Step,
        seen: &mut Vec<Seen>,
    ) -> Result<Answer, Panicked> {
        let Some(record) = found else { return Ok(Ok(Seen::Found(false))) };
        if !self.room.update(record) {
            return Ok(Err(HOST_REJECTED));
        }
        let old = self.data(record).clone();
        seen.push(Seen::Lent(old.clone()));
        self.inside(step, Access::ForWriting, seen)?;
        let mut new = old.clone();
        write(record.kind, key, pokes, &mut new);
        if changes_what_may_not(record.kind, &old, &new) {
            return Ok(Err(HOST_REJECTED));
        }
        *self.data(record) = new;
        self.room.changed(record);
        Ok(Ok(Seen::Found(true)))
    }

    fn delete(&mut self, found: Option<RecordKey>) -> Answer {
        let Some(record) = found else { return Ok(Seen::Found(false)) };
        if !self.room.delete(record) {
            return Err(HOST_REJECTED);
        }
        let table = self.tables.get_mut(&record.kind).ok_or(SCHEMA_MISMATCH)?;
        table.records.remove(&record.sys_id);
        Ok(Seen::Found(true))
    }

    fn read(
        &mut self,
        found: Option<RecordKey>,
        step: &Step,
        seen: &mut Vec<Seen>,
    ) -> Result<Seen, Panicked> {
        if let Some(record) = found {
            seen.push(Seen::Lent(self.data(record).clone()));
            self.inside(step, Access::ForReading, seen)?;
        }
        Ok(Seen::Found(found.is_some()))
    }

    fn find(&self, kind: RecordKind, key: &[u8]) -> Option<RecordKey> {
        let records = &self.tables.get(&kind)?.records;
        let (sys_id, _) = records.iter().find(|(_, data)| pk(kind, data) == key)?;
        Some(RecordKey { kind, sys_id: *sys_id })
    }

    fn data(&mut self, RecordKey { kind, sys_id }: RecordKey) -> &mut Vec<u8> {
        let table = self.tables.get_mut(&kind);
        table.and_then(|table| table.records.get_mut(&sys_id)).expect("a record that was found")
    }

    pub(super) fn digest(&self) -> StateDigest {
        let mut digest = StateDigest::EMPTY;
        for (kind, table) in &self.tables {
            digest.set_next_sys_id(*kind, 1, table.next_id);
            for (sys_id, data) in &table.records {
                digest.add_record(RecordKey { kind: *kind, sys_id: *sys_id }, data);
            }
        }
        digest
    }
}
